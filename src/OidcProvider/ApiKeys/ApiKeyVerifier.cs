using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Tokens;

namespace OidcProvider.ApiKeys;

/// <summary>A presented key that counts, and the user it acts for with the roles they hold now.</summary>
internal sealed record LiveApiKey(ApiKey Key, UserWithRoles Holder)
{
    public IReadOnlyList<string> Scopes => Key.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>
/// Whether a presented key counts: checksum, hash, not revoked, not expired, its user still admitted. Read from the database at every use (one
/// look-up along a unique index), so that a revocation holds on every node from the next use on.
/// </summary>
internal sealed class ApiKeyVerifier(AppDbContext database, GrantGate gate, ApiKeyGuesses guesses, ApiKeyUsage usage, TimeProvider time)
{
    public const string Wrong = "api_key_wrong", Revoked = "api_key_revoked", Expired = "api_key_expired";

    /// <summary>The key that was presented, in whatever state.</summary>
    /// <param name="presented">What came in place of a key.</param>
    /// <param name="address">Whence.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task<Result<ApiKey>> FindAsync(string presented, string? address, CancellationToken cancellation = default)
    {
        var prefix = ApiKeyFormat.PrefixOf(presented);
        if (guesses.Exhausted(address, prefix) is { } wait)
        {
            return wait;
        }

        var key = prefix is null ? null : await database.ApiKeys.AsNoTracking().SingleOrDefaultAsync(row => row.Prefix == prefix, cancellation);
        if (key is null || !CryptographicOperations.FixedTimeEquals(key.Hash, ApiKeyFormat.Hash(presented)))
        {
            return await guesses.CountAsync(address, key);
        }

        return key;
    }

    public async Task<Result<LiveApiKey>> VerifyAsync(string presented, string? address, CancellationToken cancellation = default)
    {
        var found = await FindAsync(presented, address, cancellation);
        if (!found.Succeeded)
        {
            return found.Problems[0];
        }

        var key = found.Value;
        var now = time.GetUtcNow().UtcDateTime;
        if (key.RevokedAt is not null || key.ExpiresAt <= now)
        {
            return key.RevokedAt is not null ? new Problem(Revoked, "The API key has been revoked.") : new Problem(Expired, "The API key has expired.");
        }

        var holder = await gate.AdmitAsync(key.UserId.ToString(), sessionId: null);
        if (!holder.Succeeded)
        {
            return holder.Problems[0];
        }

        usage.Note(key);
        return new LiveApiKey(key, holder.Value);
    }
}
