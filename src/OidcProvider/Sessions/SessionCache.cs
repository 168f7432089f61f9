using System.Security.Cryptography;
using System.Text.Json;
using OidcProvider.Data;
using OidcProvider.Hosting;
using StackExchange.Redis;

namespace OidcProvider.Sessions;

/// <summary>
/// Redis in front of the sessions, when <c>ConnectionStrings:Redis</c> names one: what one request read, the next ones of the same second take
/// from there, on whichever node. The database stays the truth. An answer is never older than <see cref="Life"/>, counted from before it was
/// read, so that a session that ended is seen to have ended within a second even if Redis loses the word of it; and a Redis that is away, slow
/// or empty costs nobody their session. What lies there is sealed with the master key: Redis alone reveals nothing and forges nothing.
/// </summary>
internal sealed class SessionCache(IConfiguration configuration, MasterKeySource master, TimeProvider time, ILogger<SessionCache> logger) : IAsyncDisposable
{
    public static readonly TimeSpan Life = TimeSpan.FromMilliseconds(900);

    // How long a Redis that failed is left alone; requests meanwhile go straight to the database.
    private const int PauseMilliseconds = 2000, PatienceMilliseconds = 150;

    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _connecting;
    private long _pausedUntil;

    private sealed record Held(DateTimeOffset ReadAt, Session Session, User User, IReadOnlyList<string> Roles);

    public async Task<LiveSession?> FindAsync(byte[] handleHash)
    {
        var value = await TryAsync(redis => redis.StringGetAsync(Key(handleHash)));
        if (value.IsNullOrEmpty)
        {
            return null;
        }

        try
        {
            var held = JsonSerializer.Deserialize<Held>(master.Key.Open((byte[])value!, Purpose(handleHash)))!;
            return (time.GetUtcNow() - held.ReadAt).Duration() < Life ? new LiveSession(held.Session, held.User, held.Roles) : null;
        }
        catch (Exception fault) when (fault is CryptographicException or JsonException)
        {
            logger.LogWarning("What Redis holds for a session was not put there by this service ({Reason})", fault.Message);
            return null;
        }
    }

    /// <param name="handleHash">The session.</param>
    /// <param name="live">What was read.</param>
    /// <param name="readAt">When reading it began.</param>
    /// <param name="age">How long ago that was.</param>
    public async Task KeepAsync(byte[] handleHash, LiveSession live, DateTimeOffset readAt, TimeSpan age)
    {
        if (age < Life && IsUsable)
        {
            var value = master.Key.Seal(JsonSerializer.SerializeToUtf8Bytes(new Held(readAt, live.Session, live.User, live.Roles)), Purpose(handleHash));
            await TryAsync(redis => redis.StringSetAsync(Key(handleHash), value, Life - age));
        }
    }

    public Task ForgetAsync(IEnumerable<byte[]> handleHashes) =>
        handleHashes.Select(Key).ToArray() is { Length: > 0 } keys ? TryAsync(redis => redis.KeyDeleteAsync(keys)) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_connecting is { IsCompletedSuccessfully: true } connected)
        {
            await (await connected).DisposeAsync();
        }
    }

    private bool IsUsable => RedisSettings.Names(configuration) && Environment.TickCount64 >= Volatile.Read(ref _pausedUntil);

    private async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> act)
    {
        if (!IsUsable)
        {
            return default;
        }

        try
        {
            // Nobody waits for the first connection; until it stands, there is no Redis.
            return Connection() is { IsCompletedSuccessfully: true } connected && (await connected) is { IsConnected: true } redis ? await act(redis.GetDatabase()) : default;
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
        {
            Volatile.Write(ref _pausedUntil, Environment.TickCount64 + PauseMilliseconds);
            logger.LogWarning("Redis does not answer; sessions are read from the database meanwhile ({Reason})", fault.GetType().Name);
            return default;
        }
    }

    private Task<ConnectionMultiplexer> Connection()
    {
        lock (_gate)
        {
            return _connecting is null or { IsFaulted: true } ? _connecting = ConnectionMultiplexer.ConnectAsync(Options()) : _connecting;
        }
    }

    private ConfigurationOptions Options()
    {
        var options = RedisSettings.Read(configuration);
        // It may come later, or come back.
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.AsyncTimeout = PatienceMilliseconds;
        return options;
    }

    private static RedisKey Key(byte[] handleHash) => $"oidc:session:{Convert.ToHexStringLower(handleHash)}";

    private static string Purpose(byte[] handleHash) => $"session-cache:{Convert.ToHexStringLower(handleHash)}";
}
