using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>Who changes an account, with the roles they hold now.</summary>
internal sealed record Acting(string Name, IReadOnlyList<string> Roles)
{
    /// <summary>Whoever runs the server itself: the command line, the bootstrap file. They may what an owner may.</summary>
    public static Acting Operator(string name) => new(name, [AdminRoles.Owner]);
}

/// <summary>An account that the caller may change, with the roles it holds.</summary>
internal sealed record ReachedUser(User User, IReadOnlyList<string> Roles);

/// <summary>
/// The gate before every change of somebody else's account: it is there, it is as the caller saw it, and <see cref="AdminRoles.MayChange"/> says yes
/// (attack H03). Also keeps the last owner: nobody disables, removes or demotes them.
/// </summary>
internal sealed class UserGate(AppDbContext database, UserDirectory users, ILookupNormalizer normalizer)
{
    public const string Forbidden = "user_forbidden", Changed = "user_changed", LastOwner = "last_owner";

    public static readonly Problem OwnAccount = new("own_account", "This is your own account. Another administrator disables it.");

    public static readonly Problem ChangedMeanwhile = new(Changed, "The account was changed by someone else meanwhile; read it again and retry.");

    /// <param name="by">Who asks.</param>
    /// <param name="id">Whose account.</param>
    /// <param name="version">The version that the caller saw, or null for any.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Result<ReachedUser>> ReachAsync(Acting by, Guid id, string? version = null, CancellationToken cancellation = default)
    {
        if (await users.FindAsync(id, cancellation) is not { } user)
        {
            return new Problem(UserDirectory.NotFound, "There is no such user.");
        }

        var roles = await users.RolesOfAsync(user, cancellation);
        return !AdminRoles.MayChange(by.Roles, roles) ? new Problem(Forbidden, "Only an owner may change an account that administers.")
            : version is not null && version != user.ConcurrencyStamp ? ChangedMeanwhile
            : new ReachedUser(user, roles);
    }

    /// <summary>
    /// Null when there is another owner who can sign in. Holds the owners' role until the caller's transaction ends: of two owners who remove each
    /// other at once, the second sees what the first did.
    /// </summary>
    public async Task<Problem?> LastOwnerFaultAsync(ReachedUser leaving)
    {
        if (leaving.User.DisabledAt is not null || !leaving.Roles.Contains(AdminRoles.Owner, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        await LockOwnersAsync();
        return await HasOwnerAsync(leaving.User.Id) ? null : new Problem(LastOwner, "This is the last owner. Make another account an owner first.");
    }

    /// <summary>Whether an owner who is not barred exists, <paramref name="except"/> aside.</summary>
    public Task<bool> HasOwnerAsync(Guid? except = null)
    {
        var owner = normalizer.NormalizeName(AdminRoles.Owner);
        return (from link in database.UserRoles
                join role in database.Roles on link.RoleId equals role.Id
                join user in database.Users on link.UserId equals user.Id
                where role.NormalizedName == owner && user.DisabledAt == null && user.Id != except
                select user.Id).AnyAsync();
    }

    /// <summary>Takes the row of the owners' role, for the rest of the caller's transaction. False when there is none yet.</summary>
    public async Task<bool> LockOwnersAsync()
    {
        var owner = normalizer.NormalizeName(AdminRoles.Owner);
        return await database.Roles.Where(role => role.NormalizedName == owner)
            .ExecuteUpdateAsync(update => update.SetProperty(role => role.ConcurrencyStamp, Guid.NewGuid().ToString())) == 1;
    }
}
