using System.Net.Sockets;
using System.Text;

namespace OidcProvider.Admin.Doctor;

/// <summary>Whether Redis answers, if one is named.</summary>
internal sealed class RedisExamination(IConfiguration configuration) : IExamination
{
    private const int UsualPort = 6379;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (configuration["ConnectionStrings:Redis"] is not { Length: > 0 } connection)
        {
            yield return Finding.Ok("redis", "not used");
            yield break;
        }

        // The first part that is no option is where it lies: host or host:port.
        var host = connection.Split(',').First(part => !part.Contains('=', StringComparison.Ordinal)).Trim();
        var colon = host.LastIndexOf(':');
        var (name, port) = colon > 0 && int.TryParse(host[(colon + 1)..], out var given) ? (host[..colon], given) : (host, UsualPort);
        yield return await ProbeAsync(name, port, cancellation);
    }

    private static async Task<Finding> ProbeAsync(string name, int port, CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            using var client = new TcpClient();
            await client.ConnectAsync(name, port, limit.Token);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray(), limit.Token);
            var answer = new byte[64];
            var text = Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, limit.Token));
            // Without a password it says so, and so it is there.
            return text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal)
                ? Finding.Ok("redis", $"{name}:{port} answers")
                : Finding.Fault("redis", $"{name}:{port} is something else", "Check ConnectionStrings:Redis.");
        }
        catch (Exception fault) when (fault is SocketException or IOException || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return Finding.Fault("redis", $"{name}:{port} does not answer ({fault.Message})", "Start Redis, or take ConnectionStrings:Redis away: the server works without it.");
        }
    }
}
