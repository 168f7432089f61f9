using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace OidcProvider.Hosting;

/// <summary>
/// Reverse proxies. Who a request comes from is believed only of proxies that are listed in <c>Hosting:KnownProxies</c>: guesses are counted by
/// address, and whoever can name another one with each try is not counted. That it came over https, a proxy on this machine may say unlisted;
/// nothing is gained by lying about it. The host is taken from nobody: the issuer says it.
/// </summary>
internal static class Proxies
{
    // The settings are read when the server starts, not when it is put together: a fault in them is reported with all others.
    public static IApplicationBuilder UseProxies(this IApplicationBuilder app) => app.Use(next =>
    {
        var hosting = app.ApplicationServices.GetRequiredService<IOptions<HostingOptions>>().Value;
        var loggers = app.ApplicationServices.GetRequiredService<ILoggerFactory>();
        RequestDelegate withAddress = context => WarnAsync(context, next);
        if (hosting.KnownProxies.Length > 0)
        {
            // Never with an empty list: the middleware would believe everybody.
            var addresses = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor };
            addresses.KnownIPNetworks.Clear();
            addresses.KnownProxies.Clear();
            withAddress = new ForwardedHeadersMiddleware(next, loggers, Options.Create(Listed(hosting, addresses))).Invoke;
        }

        var scheme = Listed(hosting, new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto });
        return new ForwardedHeadersMiddleware(withAddress, loggers, Options.Create(scheme)).Invoke;
    });

    private static ForwardedHeadersOptions Listed(HostingOptions hosting, ForwardedHeadersOptions options)
    {
        options.ForwardLimit = hosting.ForwardLimit;
        foreach (var proxy in hosting.KnownProxies)
        {
            if (System.Net.IPNetwork.TryParse(proxy, out var network))
            {
                options.KnownIPNetworks.Add(network);
            }
            else if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else
            {
                throw new OptionsValidationException(nameof(HostingOptions.KnownProxies), typeof(HostingOptions), [$"KnownProxies: '{proxy}' is neither an address nor a network"]);
            }
        }

        return options;
    }

    private static int _warned;

    // Behind an unlisted proxy all people share one address, and with it one count of failed tries.
    private static Task WarnAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContainsKey("X-Forwarded-For") && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Proxies)).LogWarning(
                "A proxy at {Address} names the addresses of its clients, which is not believed: list it in Hosting:KnownProxies, or all of them share one count of failed sign-ins",
                context.Connection.RemoteIpAddress);
        }

        return next(context);
    }
}
