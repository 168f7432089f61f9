using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Throttling;

namespace OidcProvider.ApiKeys;

/// <summary>
/// Bounds wrong keys. Tries at a key that exists are counted for that key and address, all others for the address alone: whoever sends rubbish
/// through a gateway cannot lock the gateway's real keys out.
/// </summary>
internal sealed class ApiKeyGuesses(IServiceScopeFactory scopes, TimeProvider time, IOptions<ApiKeysOptions> options, ILogger<ApiKeyGuesses> logger)
{
    public const string TooMany = "too_many_requests";

    private const int Capacity = 10_000;

    // Who is out of tries, until when: the next one is refused without asking the database.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _exhausted = new(StringComparer.Ordinal);

    /// <summary>The refusal, when tries at this key are used up, or at none when it is not even well-formed.</summary>
    public Problem? Exhausted(string? address, string? prefix)
    {
        var key = Key(address, prefix);
        if (!_exhausted.TryGetValue(key, out var until))
        {
            return null;
        }

        if (time.GetUtcNow() < until)
        {
            return Refusal(until);
        }

        _exhausted.TryRemove(key, out _);
        return null;
    }

    /// <param name="address">Whence.</param>
    /// <param name="aimed">The key whose readable beginning was right, if there is one.</param>
    public async Task<Problem> CountAsync(string? address, ApiKey? aimed)
    {
        var key = Key(address, aimed?.Prefix);
        await using var scope = scopes.CreateAsyncScope();
        var window = options.Value.GuessWindow;
        if (!await scope.ServiceProvider.GetRequiredService<Throttle>().TakeAsync(key, options.Value.Guesses, window))
        {
            if (_exhausted.Count >= Capacity)
            {
                _exhausted.Clear();
            }

            return Refusal(_exhausted[key] = time.GetUtcNow() + window);
        }

        logger.LogInformation("A wrong API key was presented ({Prefix})", aimed?.Prefix ?? "unknown");
        if (aimed is not null)
        {
            await scope.ServiceProvider.GetRequiredService<AuditLog>().WriteAsync(AuditEvents.ApiKeyRefused, actor: null, aimed.UserId.ToString(), reason: "wrong_key", apiKey: aimed.Prefix);
        }

        return new Problem(ApiKeyVerifier.Wrong, "The API key is not one of this server's.");
    }

    private Problem Refusal(DateTimeOffset until) =>
        new(TooMany, string.Create(CultureInfo.InvariantCulture, $"Too many wrong API keys from this address; wait {Math.Max(1, (int)(until - time.GetUtcNow()).TotalSeconds)} seconds."));

    private static string Key(string? address, string? prefix) => Throttle.Key("api-key", $"{prefix}\n{address}");
}
