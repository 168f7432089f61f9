using OidcProvider.Hosting;

namespace OidcProvider.Account;

/// <summary>
/// Where password managers find the pages they lead their users to: <c>/.well-known/change-password</c> (W3C, A Well-Known URL for Changing
/// Passwords) and <c>/.well-known/passkey-endpoints</c> (WebAuthn, Passkey Endpoints).
/// </summary>
internal static class WellKnown
{
    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/change-password", (HttpRequest request) => Results.Redirect($"{request.PathBase}/account/password")).AllowAnonymous();
        routes.MapGet("/.well-known/passkey-endpoints", (IssuerUri issuer) =>
        {
            var page = $"{issuer.Value.TrimEnd('/')}/account/passkeys";
            return Results.Json(new { enroll = page, manage = page });
        }).AllowAnonymous();
    }
}
