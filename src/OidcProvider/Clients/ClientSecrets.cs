using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>
/// Makes, hashes and verifies client secrets. A generated one has 256 bits of its own, so one SHA-256 is enough;
/// a chosen one may be guessable and gets Argon2id, whose success (never its failure) is remembered for minutes.
/// </summary>
internal sealed class ClientSecrets(Argon2id argon2id, TimeProvider time)
{
    private const string FastPrefix = "s256$";
    private const int Capacity = 4096;
    private static readonly TimeSpan Remember = TimeSpan.FromMinutes(5);

    // The cache key is a MAC under a key that dies with the process: memory holds neither secret nor anything to guess it from.
    private readonly byte[] _cacheKey = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _verified = new(StringComparer.Ordinal);

    public static string Generate() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    public static string HashGenerated(string secret) => FastPrefix + WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public Task<string> HashChosenAsync(string secret, CancellationToken cancellation = default) => argon2id.HashAsync(secret, cancellation);

    /// <summary>Whether this class wrote the hash.</summary>
    public static bool Knows(string hash) => hash.StartsWith(FastPrefix, StringComparison.Ordinal) || Argon2id.IsPhc(hash);

    /// <summary>Which of the client's secrets this is, by its id; null when it is none or one that has expired.</summary>
    public async ValueTask<Guid?> FindAsync(ClientEntry client, string secret, CancellationToken cancellation = default)
    {
        if (client.Row.ClientSecret is { } first && await VerifyAsync(first, secret, cancellation))
        {
            return client.Row.Id;
        }

        foreach (var other in client.MoreSecrets)
        {
            if (!(other.ExpiresAt <= time.GetUtcNow().UtcDateTime) && await VerifyAsync(other.Hash, secret, cancellation))
            {
                return other.Id;
            }
        }

        return null;
    }

    public async ValueTask<bool> VerifyAsync(string hash, string secret, CancellationToken cancellation = default)
    {
        if (hash.StartsWith(FastPrefix, StringComparison.Ordinal))
        {
            return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(HashGenerated(secret)));
        }

        // No chosen secret is longer (ClientRules), so a longer one is wrong and costs nothing.
        if (!Argon2id.IsPhc(hash) || secret.Length > ClientRules.MaxSecretLength)
        {
            return false;
        }

        var key = CacheKey(hash, secret);
        var now = time.GetUtcNow();
        if (_verified.TryGetValue(key, out var until) && now < until)
        {
            return true;
        }

        if (!await argon2id.VerifyAsync(hash, secret, cancellation))
        {
            return false;
        }

        Keep(key, now);
        return true;
    }

    /// <summary>Costs what a wrong chosen secret costs, where there is none to compare with.</summary>
    public Task SpendAsync(string secret, CancellationToken cancellation = default) =>
        secret.Length > ClientRules.MaxSecretLength ? Task.CompletedTask : argon2id.HashAsync(secret, cancellation);

    private string CacheKey(string hash, string secret) =>
        Convert.ToBase64String(HMACSHA256.HashData(_cacheKey, Encoding.UTF8.GetBytes($"{hash}\0{secret}")));

    private void Keep(string key, DateTimeOffset now)
    {
        if (_verified.Count >= Capacity)
        {
            foreach (var (old, until) in _verified)
            {
                if (until <= now)
                {
                    _verified.TryRemove(old, out _);
                }
            }

            if (_verified.Count >= Capacity)
            {
                _verified.Clear();
            }
        }

        _verified[key] = now + Remember;
    }
}
