using System.Net;
using System.Net.Sockets;

namespace OidcProvider.Hosting;

/// <summary>
/// Outgoing calls to addresses that somebody else chose (attack: server-side request forgery). The name is looked up and judged when the
/// connection is made, and the connection goes to the very address that was judged: a name that answers differently the second time (DNS
/// rebinding) gains nothing. No redirects, no proxy, no cookies.
/// </summary>
internal static class Callouts
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // IANA special-purpose registries, RFC 6890: what is not the public Internet. 169.254.169.254 is where clouds keep their secrets.
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Teredo and 6to4 carry an IPv4 address that nobody has looked at; of IPv6 only 2000::/3 is given out at all.
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "::/3", "4000::/2", "8000::/1",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork LinkLocal = IPNetwork.Parse("169.254.0.0/16");

    /// <summary>Whether the server may call an address. <paramref name="allowed"/> are networks that the operator vouches for; never link-local ones.</summary>
    public static bool May(IPAddress address, bool loopback, IReadOnlyList<IPNetwork> allowed)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (loopback && IPAddress.IsLoopback(plain))
            || !Array.Exists(NotPublic, network => network.Contains(plain))
            || (!LinkLocal.Contains(plain) && !plain.IsIPv6LinkLocal && allowed.Any(network => network.Contains(plain)));
    }

    /// <param name="loopback">Whether this machine itself may be called: for development.</param>
    /// <param name="allowed">Private networks that may be called.</param>
    /// <param name="lookUp">How a name becomes addresses.</param>
    public static SocketsHttpHandler CreateHandler(bool loopback, IReadOnlyList<IPNetwork> allowed, Func<string, CancellationToken, Task<IPAddress[]>>? lookUp = null)
    {
        lookUp ??= Dns.GetHostAddressesAsync;
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = Patience, PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxConnectionsPerServer = 10, MaxResponseHeadersLength = 16, MaxResponseDrainSize = 16 * 1024, ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ConnectCallback = async (context, cancellation) => await ConnectAsync(await lookUp(context.DnsEndPoint.Host, cancellation), context.DnsEndPoint.Port, cancellation),
        };

        async Task<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellation)
        {
            // One bad address among good ones is a trap, not an accident.
            if (addresses.Length == 0 || !Array.TrueForAll(addresses, address => May(address, loopback, allowed)))
            {
                throw new ForbiddenAddressException();
            }

            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses, port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}

/// <summary>The name leads to an address that this server does not call.</summary>
internal sealed class ForbiddenAddressException() : HttpRequestException("The name leads to an address that this server does not call (private, link-local or its own).");
