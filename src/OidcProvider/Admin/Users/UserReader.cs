using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>An account with the version to change it by.</summary>
internal sealed record ReadUser(UserAnswer Answer, string Version);

/// <summary>Reads an account with all its state, for the API and the pages alike.</summary>
internal sealed class UserReader(AppDbContext database, UserDirectory users, SecondFactors factors, Passkeys passkeys, TimeProvider time)
{
    public async Task<ReadUser?> FindAsync(Guid id, CancellationToken cancellation = default)
    {
        if (await database.Users.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellation) is not { } user)
        {
            return null;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var guard = await database.AccountGuards.AsNoTracking().SingleOrDefaultAsync(row => row.UserId == id, cancellation);
        var state = await factors.StateAsync(id);
        var methods = new SignInMethods(
            user.PasswordHash is not null, state.Authenticator, [.. (await passkeys.ListAsync(user)).Select(passkey => new PasskeyItem(passkey.Name, passkey.CreatedAt, passkey.IsBackedUp))], state.RecoveryCodes);
        var profile = UserColumns.Read(user, await users.RolesOfAsync(user, cancellation));
        return new(new UserAnswer(user.Id, profile, user.CreatedAt, user.UpdatedAt, user.DisabledAt, guard?.LockedUntil > now ? guard?.LockedUntil : null, guard?.Failures ?? 0, methods), user.ConcurrencyStamp!);
    }
}
