using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>
/// The outcome of a password check. <see cref="User"/> is there only when the user may go on; <see cref="Reason"/> and
/// <see cref="Account"/> are for log, audit and throttle, never for the page: it says the same whatever went wrong.
/// </summary>
internal sealed record PasswordCheck(User? User, string? Reason = null, Guid? Account = null)
{
    public const string UnknownUser = "unknown_user", WrongPassword = "wrong_password", NoPassword = "no_password", Disabled = "disabled";

    public bool Succeeded => User is not null;
}

/// <summary>
/// Checks passwords. Unknown, barred and password-less accounts cost the same Argon2id as a real check, so that the time
/// an answer takes names no account (ASVS 6.3.8).
/// </summary>
internal sealed class Passwords(AppDbContext database, Argon2id argon2id, PasswordHasher hasher)
{
    public Task<string> HashAsync(string password, CancellationToken cancellation = default) => argon2id.HashAsync(password, cancellation);

    /// <summary>Makes the hash of nobody before anything depends on who is asked for.</summary>
    public Task WarmUpAsync() => hasher.NobodysHash;

    public async Task<PasswordCheck> CheckAsync(User? user, string password, CancellationToken cancellation = default)
    {
        var nobodysHash = await hasher.NobodysHash;
        var hash = user?.PasswordHash is { } stored && Argon2id.IsPhc(stored) ? stored : nobodysHash;

        // A password no account can have still costs the full hash, of a bounded text.
        var tooLong = password.Length > UserRules.MaxPasswordLength;
        var matches = await argon2id.VerifyAsync(hash, tooLong ? password[..UserRules.MaxPasswordLength] : password, cancellation) && !tooLong;
        if (user is null)
        {
            return new(null, PasswordCheck.UnknownUser);
        }

        if (!matches)
        {
            return new(null, ReferenceEquals(hash, nobodysHash) ? PasswordCheck.NoPassword : PasswordCheck.WrongPassword, user.Id);
        }

        if (user.DisabledAt is not null)
        {
            return new(null, PasswordCheck.Disabled, user.Id);
        }

        await RenewHashAsync(user, password, cancellation);
        return new(user, null, user.Id);
    }

    /// <summary>The cost in the settings may have risen since the hash was made; only now is the password at hand.</summary>
    private async Task RenewHashAsync(User user, string password, CancellationToken cancellation)
    {
        var old = user.PasswordHash!;
        if (!argon2id.NeedsRehash(old))
        {
            return;
        }

        // Conditional, and beside Identity's stamps: the password is the same, nobody is to be signed out, and a change
        // of password that happens right now wins.
        var renewed = await argon2id.HashAsync(password, cancellation);
        var changed = await database.Users.Where(row => row.Id == user.Id && row.PasswordHash == old)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, renewed), cancellation);
        if (changed == 1)
        {
            var property = database.Entry(user).Property(row => row.PasswordHash);
            property.CurrentValue = renewed;
            property.OriginalValue = renewed;
        }
    }
}
