using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>What a user has beside the password.</summary>
internal sealed record FactorState(bool Authenticator, int Passkeys, int RecoveryCodes)
{
    public bool Any => Authenticator || Passkeys > 0;
}

/// <summary>
/// Authenticator apps and recovery codes. A code is accepted once: the step is advanced, or the row deleted, by a conditional statement,
/// so that of several at once one succeeds (ASVS 5.0 6.5.1).
/// </summary>
internal sealed class SecondFactors(AppDbContext database, MasterKeySource master, Argon2id argon2id, AuditLog audit, FactorNotices notices, TimeProvider time)
{
    public const int CodeCount = 10;

    // No vowels and no look-alikes; ten characters of 28 are 48 bits, which Argon2id and the throttle guard.
    private const string Alphabet = "23456789BCDFGHJKMNPQRSTVWXYZ";
    private const int CodeLength = 10;

    // Who saw the secret of a set-up that was left lying must not know it when it is finished one day.
    private static readonly TimeSpan SetupLife = TimeSpan.FromMinutes(15);

    public async Task<FactorState> StateAsync(Guid userId) => new(
        await database.Authenticators.AnyAsync(row => row.UserId == userId && row.ConfirmedAt != null),
        await database.UserPasskeys.CountAsync(row => row.UserId == userId),
        await database.RecoveryCodes.CountAsync(row => row.UserId == userId));

    /// <summary>The secret that is being set up; made at the first look and kept until it is confirmed or replaced.</summary>
    public async Task<byte[]> BeginAsync(Guid userId)
    {
        var row = await database.Authenticators.AsNoTracking().SingleOrDefaultAsync(item => item.UserId == userId);
        var now = time.GetUtcNow().UtcDateTime;
        if (row is { ConfirmedAt: null } && row.CreatedAt > now - SetupLife)
        {
            return master.Key.Open(row.SealedSecret, Purpose(userId));
        }

        if (row is { ConfirmedAt: not null })
        {
            throw new InvalidOperationException("There is an authenticator already; it is removed before another is set up.");
        }

        var made = new Authenticator { UserId = userId, SealedSecret = master.Key.Seal(RandomNumberGenerator.GetBytes(Totp.SecretSize), Purpose(userId)), CreatedAt = now };
        await database.Authenticators.Where(item => item.UserId == userId && item.ConfirmedAt == null && item.CreatedAt <= now - SetupLife).ExecuteDeleteAsync();
        database.Authenticators.Add(made);
        try
        {
            await database.SaveChangesAsync();
        }
        catch (DbUpdateException) when (database.Authenticators.Any(item => item.UserId == userId && item.ConfirmedAt == null))
        {
            // Another tab was faster; both show its secret.
            database.Entry(made).State = EntityState.Detached;
            made = await database.Authenticators.AsNoTracking().SingleAsync(item => item.UserId == userId);
        }

        return master.Key.Open(made.SealedSecret, Purpose(userId));
    }

    /// <summary>Makes the app a factor when its first code is right. The code is used up by that.</summary>
    public Task<bool> ConfirmAsync(Guid userId, string code) => AcceptAsync(userId, code, confirmed: false);

    /// <summary>Whether a code of the app is right, and nobody has used it or a later one before.</summary>
    public Task<bool> VerifyAsync(Guid userId, string code) => AcceptAsync(userId, code, confirmed: true);

    public async Task<bool> RemoveAuthenticatorAsync(Guid userId, string actor)
    {
        if (await database.Authenticators.Where(row => row.UserId == userId && row.ConfirmedAt != null).ExecuteDeleteAsync() == 0)
        {
            return false;
        }

        // Trust given to a browser was trust in that factor.
        await database.KnownDevices.Where(row => row.UserId == userId).ExecuteUpdateAsync(update => update.SetProperty(row => row.TrustedUntil, (DateTime?)null));
        await notices.AuthenticatorRemovedAsync(userId);
        await audit.WriteAsync(AuditEvents.AuthenticatorRemoved, actor, userId.ToString());
        return true;
    }

    /// <summary>New recovery codes in clear, to be shown once. The old ones are void.</summary>
    public async Task<IReadOnlyList<string>> RenewRecoveryCodesAsync(Guid userId, string actor)
    {
        var codes = Enumerable.Range(0, CodeCount).Select(_ => RandomNumberGenerator.GetString(Alphabet, CodeLength)).ToList();
        var hashes = new List<string>();
        foreach (var code in codes)
        {
            hashes.Add(await argon2id.HashAsync(code));
        }

        var now = time.GetUtcNow().UtcDateTime;
        await using var transaction = await database.Database.BeginTransactionAsync();
        await database.RecoveryCodes.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        database.RecoveryCodes.AddRange(hashes.Select(hash => new RecoveryCode { Id = Guid.CreateVersion7(time.GetUtcNow()), UserId = userId, Hash = hash, CreatedAt = now }));
        await notices.RecoveryCodesRenewedAsync(userId);
        audit.Append(AuditEvents.RecoveryCodesRenewed, actor, userId.ToString());
        await database.SaveChangesAsync();
        await transaction.CommitAsync();
        return [.. codes.Select(code => $"{code[..5]}-{code[5..]}")];
    }

    /// <summary>Uses a recovery code up. False when it is none of the user's, or somebody was faster.</summary>
    public async Task<bool> UseRecoveryCodeAsync(Guid userId, string typed)
    {
        var code = string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        if (code.Length != CodeLength)
        {
            return false;
        }

        foreach (var row in await database.RecoveryCodes.AsNoTracking().Where(item => item.UserId == userId).ToListAsync())
        {
            if (await argon2id.VerifyAsync(row.Hash, code))
            {
                return await database.RecoveryCodes.Where(item => item.Id == row.Id).ExecuteDeleteAsync() == 1;
            }
        }

        return false;
    }

    /// <summary>Takes all second factors away, for a user who lost them; an administrator vouches.</summary>
    public async Task ResetAsync(Guid userId, string actor)
    {
        await using var work = await UnitOfWork.BeginAsync(database);
        var before = await StateAsync(userId);
        await database.Authenticators.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await database.RecoveryCodes.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await database.UserPasskeys.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await database.KnownDevices.Where(row => row.UserId == userId).ExecuteDeleteAsync();
        await notices.ResetAsync(userId);
        audit.Append(AuditEvents.SecondFactorsReset, actor, userId.ToString(), change: AuditChange.Of(Counts(before), Counts(new(false, 0, 0))));
        await database.SaveChangesAsync();
        await work.CommitAsync();
    }

    private static JsonObject Counts(FactorState state) => new() { ["authenticator"] = state.Authenticator, ["passkeys"] = state.Passkeys, ["recovery_codes"] = state.RecoveryCodes };

    private async Task<bool> AcceptAsync(Guid userId, string typed, bool confirmed)
    {
        var row = await database.Authenticators.AsNoTracking().SingleOrDefaultAsync(item => item.UserId == userId && item.ConfirmedAt != null == confirmed);
        var code = typed.Replace(" ", "", StringComparison.Ordinal);
        if (row is null || Totp.Match(master.Key.Open(row.SealedSecret, Purpose(userId)), code, time.GetUtcNow(), row.LastStep) is not { } step)
        {
            return false;
        }

        var confirmedAt = row.ConfirmedAt ?? time.GetUtcNow().UtcDateTime;
        if (await database.Authenticators.Where(item => item.UserId == userId && item.LastStep < step && item.SealedSecret == row.SealedSecret)
            .ExecuteUpdateAsync(update => update.SetProperty(item => item.LastStep, step).SetProperty(item => item.ConfirmedAt, confirmedAt)) != 1)
        {
            return false;
        }

        if (!confirmed)
        {
            await notices.AuthenticatorAddedAsync(userId);
            await audit.WriteAsync(AuditEvents.AuthenticatorAdded, userId.ToString(), userId.ToString());
        }

        return true;
    }

    private static string Purpose(Guid userId) => $"totp:{userId:N}";
}
