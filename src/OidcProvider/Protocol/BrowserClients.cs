namespace OidcProvider.Protocol;

/// <summary>
/// Lets scripts of other origins read the endpoints that a browser-based client calls (OAuth 2.0 for Browser-Based Applications
/// §6.2). Any origin may: none of these endpoints looks at a cookie, and credentials are not allowed. The authorization endpoint
/// and the pages are not among them.
/// </summary>
internal static class BrowserClients
{
    private static readonly PathString[] Endpoints =
    [
        "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/jwks.json",
        "/connect/token", "/connect/userinfo", "/connect/revoke", "/connect/par", "/connect/device",
    ];

    public static IServiceCollection AddBrowserClients(this IServiceCollection services) => services.AddCors(cors =>
        cors.AddDefaultPolicy(policy => policy.AllowAnyOrigin()
            .WithMethods(HttpMethods.Get, HttpMethods.Post)
            .WithHeaders("Authorization", "Content-Type", "DPoP")
            .WithExposedHeaders("WWW-Authenticate", "DPoP-Nonce", Hosting.RequestId.Header)
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));

    public static IApplicationBuilder UseBrowserClients(this IApplicationBuilder app) =>
        app.UseWhen(context => Endpoints.Any(endpoint => context.Request.Path == endpoint), branch => branch.UseCors());
}
