using OidcProvider.Hosting;

namespace OidcProvider.Cli.Remote;

/// <summary>Which server a verb works on: <c>--server</c>, or the variable <c>OIDC_SERVER</c>; without either, this machine's database. Pure but for the variable.</summary>
internal static class ServerAddress
{
    public const string Variable = "OIDC_SERVER";

    /// <summary>The issuer as its discovery document names it: tokens go there, so plain http is for this machine only.</summary>
    public static Result<Uri> Parse(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? new Problem("invalid_server", $"'{text}' is not the https address of a server", "--server")
        : !IsSafe(address) ? new Problem("invalid_server", $"'{text}' must use https; http is for this machine only", "--server")
        : address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0 ? new Problem("invalid_server", $"'{text}' must be the issuer alone, without query, fragment or name", "--server")
        : new Uri(address.AbsoluteUri.TrimEnd('/') + "/");

    public static bool IsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);
}
