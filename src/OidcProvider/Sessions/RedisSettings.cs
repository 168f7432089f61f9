using StackExchange.Redis;

namespace OidcProvider.Sessions;

/// <summary>How <c>ConnectionStrings:Redis</c> is understood, TLS, password and all, by whoever connects to it.</summary>
internal static class RedisSettings
{
    private const string Key = "ConnectionStrings:Redis";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static bool Names(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[Key]);

    public static ConfigurationOptions Read(IConfiguration configuration)
    {
        var options = ConfigurationOptions.Parse(configuration[Key]!);
        options.ClientName ??= "OidcProvider";
        return options;
    }

    /// <summary>Connects once, as the server does. Null: it answers; otherwise why not.</summary>
    public static async Task<string?> FaultAsync(IConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            // Who speaks TLS to a Redis that does not, or the other way round, waits for an answer that never comes.
            await ConnectAsync(Read(configuration)).WaitAsync(Patience, cancellation);
            return null;
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ArgumentException)
        {
            // What lies innermost tells why: a certificate that is not trusted, for instance.
            return fault.GetBaseException().Message;
        }
    }

    private static async Task ConnectAsync(ConfigurationOptions options)
    {
        // Unlike the server, which goes on without it, whoever asks wants to know.
        options.AbortOnConnectFail = true;
        options.ConnectRetry = 1;
        options.ConnectTimeout = options.AsyncTimeout = (int)Patience.TotalMilliseconds / 2;
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        await redis.GetDatabase().PingAsync();
    }
}
