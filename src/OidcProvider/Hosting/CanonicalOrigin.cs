namespace OidcProvider.Hosting;

/// <summary>
/// Gives every request the scheme, host and path base of the issuer, so that nothing that is built from the request (metadata,
/// redirects, links) can be steered by a Host header. A request that did not come over https to an https issuer is refused: the
/// proxy in front does not say so, or somebody went around it.
/// </summary>
internal sealed class CanonicalOrigin(RequestDelegate next, IssuerUri issuer, ILogger<CanonicalOrigin> logger)
{
    private static readonly PathString Health = "/health", Metrics = "/metrics", WellKnownServer = "/.well-known/oauth-authorization-server";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var probe = request.Path.StartsWithSegments(Health) || request.Path.StartsWithSegments(Metrics);
        if (issuer.IsHttps && !request.IsHttps && !probe)
        {
            logger.LogWarning(
                "Refused a plain http request for {Path} from {Address}: the issuer is https. Behind a proxy, send X-Forwarded-Proto and list the proxy in Hosting:KnownProxies [{RequestId}]",
                request.Path.Value, context.Connection.RemoteIpAddress, context.TraceIdentifier);
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return Task.CompletedTask;
        }

        if (issuer.IsHttps && !issuer.IsLoopback)
        {
            context.Response.Headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        request.Scheme = issuer.Uri.Scheme;
        request.Host = issuer.Host;
        if (issuer.Path.HasValue)
        {
            // RFC 8414 §3.1 puts the well-known part before the issuer's path.
            if (request.Path == WellKnownServer + issuer.Path)
            {
                request.Path = WellKnownServer;
            }
            else if (request.Path.StartsWithSegments(issuer.Path, out var rest))
            {
                request.Path = rest;
            }

            request.PathBase = issuer.Path;
        }

        return next(context);
    }
}
