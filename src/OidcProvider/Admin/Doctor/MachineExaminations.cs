using Microsoft.Extensions.Options;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Doctor;

/// <summary>Whether there is room.</summary>
internal sealed class DiskExamination : IExamination
{
    private const long LittleSpace = 1L << 30;

    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var drive = new DriveInfo(Directory.GetCurrentDirectory());
        var words = $"{drive.AvailableFreeSpace >> 20} MiB free";
        yield return drive.AvailableFreeSpace < LittleSpace ? Finding.Warning("disk", words, "Make room: a full disk stops every write.") : Finding.Ok("disk", words);
    }
}

/// <summary>Whether cookies are bound to this host and to TLS.</summary>
internal sealed class CookieExamination(IssuerUri issuer) : IExamination
{
    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return issuer.IsHttps ? Finding.Ok("cookies", "__Host-, Secure, HttpOnly, SameSite=Lax")
            : issuer.IsLoopback ? Finding.Ok("cookies", "HttpOnly, SameSite=Lax; not Secure, because the issuer is http on this machine")
            : Finding.Fault("cookies", "not Secure, because the issuer is http", "Give the server an https address and set Issuer to it.");
    }
}

/// <summary>Whether what a reverse proxy says of the caller is believed. Only a request shows it, so the page sees more than the command line.</summary>
internal sealed class ProxyExamination(IOptions<HostingOptions> options, IHttpContextAccessor http) : IExamination
{
    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        // What the middleware believed it has taken out of the header.
        if (http.HttpContext is { } context && (context.Request.Headers.ContainsKey("X-Forwarded-For") || context.Request.Headers.ContainsKey("X-Forwarded-Proto")))
        {
            yield return Finding.Warning("proxy headers", $"this request came with X-Forwarded headers through {context.Connection.RemoteIpAddress}, which is not believed", "Add the proxy's address to Hosting:KnownProxies (and count the proxies in Hosting:ForwardLimit); until then throttling takes all callers for one.");
            yield break;
        }

        yield return Finding.Ok("proxy headers", options.Value.KnownProxies.Length == 0 ? "no proxy is listed; addresses are those of the connections" : $"believed from {string.Join(", ", options.Value.KnownProxies)}");
    }
}
