using Microsoft.EntityFrameworkCore;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Sessions;

namespace OidcProvider.Tokens;

/// <summary>A user who may be granted something, with the roles they hold now.</summary>
internal sealed record AdmittedUser(User User, IReadOnlyList<string> Roles);

/// <summary>
/// The one gate every grant and every use of a grant passes: is the user still allowed, does the session it depends on still live.
/// (Whether the client is enabled is asked once for every endpoint, by <c>Protocol/Handlers/CheckClient</c>.)
/// </summary>
internal sealed class GrantGate(AppDbContext database, SessionStore sessions)
{
    public async Task<Result<AdmittedUser>> AdmitAsync(string? subject, string? sessionId, CancellationToken cancellation)
    {
        if (!Guid.TryParse(subject, out var id))
        {
            return new Problem("no_user", "The grant names no user.");
        }

        var found = await (
            from user in database.Users.AsNoTracking()
            where user.Id == id
            select new
            {
                User = user,
                Roles = (from held in database.UserRoles join role in database.Roles on held.RoleId equals role.Id where held.UserId == user.Id select role.Name).ToList(),
            }).SingleOrDefaultAsync(cancellation);
        if (found is null)
        {
            return new Problem("user_removed", "The user no longer exists.");
        }

        if (found.User.DisabledAt is not null)
        {
            return new Problem("user_disabled", "The user may not sign in.");
        }

        if (sessionId is not null && !(Guid.TryParse(sessionId, out var session) && await sessions.IsAliveAsync(session, cancellation)))
        {
            return new Problem("session_ended", "The session has ended.");
        }

        return new AdmittedUser(found.User, found.Roles);
    }

    /// <summary>Of the scopes once granted, those the client may still have.</summary>
    public static IReadOnlyList<string> StillAllowed(IEnumerable<string> granted, RegisteredClient client) =>
        [.. granted.Intersect(client.Definition.Scopes(), StringComparer.Ordinal)];
}
