using System.Net;

namespace OidcProvider.Hosting;

/// <summary>
/// The one address under which the outside knows this server (RFC 8414 §2, OpenID Connect Discovery 1.0 §3).
/// Everything that leaves the server is built from it, never from the Host header.
/// </summary>
internal sealed class IssuerUri
{
    public const string Key = "Issuer";

    private IssuerUri(Uri uri) => Uri = uri;

    public Uri Uri { get; }

    /// <summary>The identifier as it stands in <c>iss</c>; a bare host keeps its trailing slash off.</summary>
    public string Value => Uri.AbsolutePath == "/" ? Uri.AbsoluteUri.TrimEnd('/') : Uri.AbsoluteUri;

    public HostString Host => HostString.FromUriComponent(Uri);

    public PathString Path => new(Uri.AbsolutePath.TrimEnd('/'));

    public bool IsHttps => Uri.Scheme == Uri.UriSchemeHttps;

    public bool IsLoopback => Uri.IsLoopback;

    public Uri Combine(string relative) => new($"{Value.TrimEnd('/')}/{relative.TrimStart('/')}");

    /// <summary>Reads the issuer, or in Development derives it from the first loopback address the server listens on.</summary>
    public static (IssuerUri? Issuer, string? Fault) Read(IConfiguration configuration, bool development)
    {
        var text = configuration[Key];
        if (string.IsNullOrWhiteSpace(text))
        {
            if (!development)
            {
                return (null, $"{Key}: required; the absolute https URL under which clients reach this server, for example https://id.example.com");
            }

            text = LoopbackAddress(configuration["urls"]);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            return (null, $"{Key}: '{text}' is not an absolute http or https URL");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
        {
            return (null, $"{Key}: '{text}' must not have a query, a fragment or user information (RFC 8414 §2)");
        }

        if (uri.Scheme == Uri.UriSchemeHttp && !(development && uri.IsLoopback))
        {
            return (null, $"{Key}: '{text}' must use https; http is for a loopback host in Development only");
        }

        return (new IssuerUri(uri), null);
    }

    private static string LoopbackAddress(string? urls)
    {
        var first = urls?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
        if (first is null || !Uri.TryCreate(first.Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//*", "//localhost", StringComparison.Ordinal), UriKind.Absolute, out var uri))
        {
            return "http://localhost:5080";
        }

        var host = IPAddress.TryParse(uri.Host, out var address) && address.Equals(IPAddress.Any) ? "localhost" : uri.Host;
        return $"{uri.Scheme}://{host}:{uri.Port}";
    }
}
