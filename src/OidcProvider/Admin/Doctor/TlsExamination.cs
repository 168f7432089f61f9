using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Doctor;

/// <summary>Whether the certificate at the public address is good, and for how long.</summary>
internal sealed class TlsExamination(IssuerUri issuer, TimeProvider time) : IExamination
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Soon = TimeSpan.FromDays(14);

    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return issuer.IsHttps ? await ShakeHandsAsync(cancellation) : Finding.Ok("TLS", "none: the issuer is http on this machine");
    }

    private async Task<Finding> ShakeHandsAsync(CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            using var client = new TcpClient();
            await client.ConnectAsync(issuer.Uri.Host, issuer.Uri.Port, limit.Token);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = issuer.Uri.Host }, limit.Token);
            using var certificate = new X509Certificate2(tls.RemoteCertificate!);
            var left = certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime;
            var words = string.Create(CultureInfo.InvariantCulture, $"{tls.SslProtocol}, certificate valid for {left.TotalDays:0} days more");
            return left > Soon ? Finding.Ok("TLS", words) : Finding.Warning("TLS", words, "Renew the certificate.");
        }
        catch (Exception fault) when (fault is AuthenticationException)
        {
            return Finding.Fault("TLS", fault.Message.ReplaceLineEndings(" "), "Use a certificate for this name from an authority that clients trust, with its chain.");
        }
        catch (Exception fault) when (fault is SocketException or IOException || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return Finding.Warning("TLS", $"{issuer.Host} does not answer ({fault.Message.ReplaceLineEndings(" ")})", "If the server runs: check DNS and firewall.");
        }
    }
}
