using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Sessions;

namespace OidcProvider.Tokens;

/// <summary>
/// The one gate every grant and every use of a grant passes: is the user still allowed, does the session it depends on still live.
/// (Whether the client is enabled is asked once for every endpoint, by <c>Protocol/Handlers/CheckClient</c>.)
/// </summary>
internal sealed class GrantGate(AppDbContext database, UserLookup users, SessionStore sessions)
{
    public async Task<Result<UserWithRoles>> AdmitAsync(string? subject, string? sessionId)
    {
        if (!Guid.TryParse(subject, out var id))
        {
            return new Problem("no_user", "The grant names no user.");
        }

        var found = await users.ByIdAsync(database, id);
        if (found is null)
        {
            return new Problem("user_removed", "The user no longer exists.");
        }

        if (found.User.DisabledAt is not null)
        {
            return new Problem("user_disabled", "The user may not sign in.");
        }

        if (sessionId is not null && !(Guid.TryParse(sessionId, out var session) && await sessions.IsAliveAsync(session)))
        {
            return new Problem("session_ended", "The session has ended.");
        }

        return found;
    }

    /// <summary>Of the scopes once granted, those the client may still have.</summary>
    public static IReadOnlyList<string> StillAllowed(IEnumerable<string> granted, RegisteredClient client) =>
        [.. granted.Intersect(client.Definition.Scopes(), StringComparer.Ordinal)];
}
