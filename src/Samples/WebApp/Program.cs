// A web application that signs its users in with OidcProvider: code flow with PKCE, refresh, an API call, sign-out.
// Run: dotnet run --project src/Samples/WebApp    Settings: Oidc:Authority, Oidc:ClientId, Oidc:ClientSecret, Api:Address, urls.
using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Samples;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://localhost:5081");

var (settings, fault) = DemoSettings.Read(builder.Configuration, "demo-web", confidential: true);
if (settings is null)
{
    Console.Error.WriteLine(fault);
    return 2;
}

builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddHttpClient("api", http => http.BaseAddress = new Uri(builder.Configuration["Api:Address"] ?? "http://localhost:5082"));
builder.Services.AddScoped<TokenRefresh>();
builder.Services.AddAntiforgery(options => Harden(options.Cookie, "sample-web-form"));
builder.Services.AddAuthorization();
builder.Services.AddAuthentication(options =>
{
    options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
    options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
})
.AddCookie(options => Harden(options.Cookie, "sample-web"))
.AddOpenIdConnect(options =>
{
    // Endpoints and keys come from discovery (OpenID Connect Discovery 1.0 §4).
    options.Authority = settings.Issuer;
    options.RequireHttpsMetadata = settings.IsHttps;
    // The handler sends the secret in the body: the client is registered with token_endpoint_auth_method client_secret_post.
    options.ClientId = settings.ClientId;
    options.ClientSecret = settings.ClientSecret;
    // OpenID Connect Core 1.0 §3.1 with PKCE (RFC 7636); the request is pushed (RFC 9126) where the server offers it.
    options.ResponseType = OpenIdConnectResponseType.Code;
    options.UsePkce = true;
    // The answer comes as a plain redirect: unlike form_post it needs no SameSite=None cookie, which http://localhost cannot have.
    options.ResponseMode = OpenIdConnectResponseMode.Query;
    Harden(options.NonceCookie);
    Harden(options.CorrelationCookie);
    options.Scope.Clear();
    foreach (var scope in "openid profile email roles offline_access api".Split(' ')) options.Scope.Add(scope);
    // The cookie carries the tokens, encrypted, so that the API can be called and the session refreshed and ended.
    options.SaveTokens = true;
    // Core §5.4: claims asked for by scope come from userinfo. All keep the names they have there.
    options.MapInboundClaims = false;
    options.GetClaimsFromUserInfoEndpoint = true;
    options.ClaimActions.MapUniqueJsonKey("preferred_username", "preferred_username");
    options.ClaimActions.MapUniqueJsonKey("email_verified", "email_verified");
    options.ClaimActions.MapJsonKey("roles", "roles");
    options.TokenValidationParameters.NameClaimType = "name";
    options.TokenValidationParameters.RoleClaimType = "roles";
    options.AccessDeniedPath = "/denied";
    // No library name and version in the address bar.
    options.DisableTelemetry = true;
});

var app = builder.Build();
app.UseExceptionHandler("/error");
app.UseStatusCodePages();
app.Use((context, next) =>
{
    // form-action names the server too: browsers apply it to the redirect that follows "Sign out".
    context.Response.Headers.ContentSecurityPolicy =
        $"default-src 'none'; style-src 'self'; form-action 'self' {settings.Authority.GetLeftPart(UriPartial.Authority)}; frame-ancestors 'none'; base-uri 'none'";
    context.Response.Headers.XContentTypeOptions = "nosniff";
    context.Response.Headers.CacheControl = "no-store";
    return next(context);
});
app.UseAuthentication();
app.UseAuthorization();

app.MapGet("/site.css", () => Results.Text(Page.Style, "text/css"));
app.MapGet("/", (HttpContext context) => Page.Render("Sample web app", context.User.Identity?.IsAuthenticated == true
    ? """<p><a href="/me">Your page</a></p>"""
    // The page behind this link asks for a user: the browser goes to the server and then comes back to that page.
    : """<p>You are not signed in.</p><p><a href="/me">Sign in</a></p>"""));
app.MapGet("/denied", () => Page.Render("Not signed in", """<p role="alert">Access was denied.</p><p><a href="/">Start page</a></p>""", StatusCodes.Status403Forbidden));
app.Map("/error", () => Page.Render("Sign-in or request failed",
    """<p role="alert">The authorization server could not be reached or refused the request. The log of this program says why.</p><p><a href="/">Start page</a></p>""",
    StatusCodes.Status500InternalServerError));

var signedIn = app.MapGroup("/").RequireAuthorization().AddEndpointFilter(async (context, next) =>
    // Passes GET; a POST must come from one of our own pages.
    await context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context.HttpContext)
        ? await next(context)
        : Results.BadRequest());

signedIn.MapGet("/me", (HttpContext context, IAntiforgery antiforgery) => Page.MeAsync(context, antiforgery, null));

signedIn.MapPost("/me/api", async (HttpContext context, IAntiforgery antiforgery, IHttpClientFactory clients) =>
{
    // RFC 6750 §2.1.
    using var request = new HttpRequestMessage(HttpMethod.Get, "/whoami");
    request.Headers.Authorization = new("Bearer", await context.GetTokenAsync("access_token"));
    try
    {
        using var answer = await clients.CreateClient("api").SendAsync(request, context.RequestAborted);
        var text = $"{(int)answer.StatusCode} {answer.Headers.WwwAuthenticate} {await answer.Content.ReadAsStringAsync(context.RequestAborted)}";
        return await Page.MeAsync(context, antiforgery, $"The API answered: {text}");
    }
    catch (HttpRequestException)
    {
        return await Page.MeAsync(context, antiforgery, "The API cannot be reached. Start it: dotnet run --project src/Samples/Api");
    }
});

signedIn.MapPost("/me/refresh", async (HttpContext context, TokenRefresh refresh) => await refresh.RunAsync(context)
    ? Results.LocalRedirect("/me")
    // RFC 6749 §5.2 invalid_grant and its like: the grant is gone, the user has to sign in again.
    : Results.Challenge(new AuthenticationProperties { RedirectUri = "/me" }));

// RP-Initiated Logout 1.0 §2: ends our session, then sends the browser to the server with id_token_hint.
signedIn.MapPost("/signout", () => Results.SignOut(new AuthenticationProperties { RedirectUri = "/" },
    [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]));

app.Run();
return 0;

// Cookies know no ports: on localhost every program gets every other's, so ours have names of their own.
static void Harden(CookieBuilder cookie, string? name = null)
{
    cookie.Name = name ?? cookie.Name;
    cookie.HttpOnly = true;
    cookie.SameSite = SameSiteMode.Lax;
    cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
}

/// <summary>Exchanges the refresh token (RFC 6749 §6) and puts the new tokens into the cookie.</summary>
internal sealed class TokenRefresh(IOptionsMonitor<OpenIdConnectOptions> handlers, TimeProvider time)
{
    public async Task<bool> RunAsync(HttpContext context)
    {
        var session = await context.AuthenticateAsync();
        if (session.Properties?.GetTokenValue("refresh_token") is not { } refreshToken) return false;

        // The handler's own HttpClient and metadata: same credentials, same time-outs, same cached keys.
        var options = handlers.Get(OpenIdConnectDefaults.AuthenticationScheme);
        var metadata = await options.ConfigurationManager!.GetConfigurationAsync(context.RequestAborted);
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"), new("refresh_token", refreshToken), new("client_id", options.ClientId), new("client_secret", options.ClientSecret),
        ]);
        using var response = await options.Backchannel.PostAsync(metadata.TokenEndpoint, form, context.RequestAborted);
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized) return false;

        response.EnsureSuccessStatusCode();
        var answer = new OpenIdConnectMessage(await response.Content.ReadAsStringAsync(context.RequestAborted));
        if (!string.IsNullOrEmpty(answer.IdToken) && !await IsSameUserAsync(answer.IdToken, session, options)) return false;

        Replace(session.Properties, "access_token", answer.AccessToken);
        // A server that rotates sends a new one, a server that does not sends none.
        Replace(session.Properties, "refresh_token", answer.RefreshToken);
        Replace(session.Properties, "id_token", answer.IdToken);
        if (int.TryParse(answer.ExpiresIn, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            Replace(session.Properties, "expires_at", time.GetUtcNow().AddSeconds(seconds).ToString("o", CultureInfo.InvariantCulture));
        }

        await context.SignInAsync(session.Principal!, session.Properties);
        return true;
    }

    // OpenID Connect Core 1.0 §12.2: an ID token that comes with a refresh is valid like the first and of the same subject.
    private static async Task<bool> IsSameUserAsync(string idToken, AuthenticateResult session, OpenIdConnectOptions options)
    {
        var parameters = options.TokenValidationParameters.Clone();
        parameters.ConfigurationManager = options.ConfigurationManager as BaseConfigurationManager;
        var result = await options.TokenHandler.ValidateTokenAsync(idToken, parameters);
        return result.IsValid && result.ClaimsIdentity.FindFirst("sub")?.Value == session.Principal?.FindFirst("sub")?.Value;
    }

    private static void Replace(AuthenticationProperties properties, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) properties.UpdateTokenValue(name, value);
    }
}

/// <summary>The pages: plain HTML that works without scripts. Every value from outside goes through <see cref="Encode"/>.</summary>
internal static class Page
{
    public const string Style = """
        :root { color-scheme: light dark; }
        body { font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: start; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid GrayText; overflow-wrap: anywhere; }
        form { display: inline-block; margin: 1rem .5rem 1rem 0; }
        button { font: inherit; padding: .4rem .9rem; }
        [role=status] { border-inline-start: .25rem solid; padding: .5rem .8rem; overflow-wrap: anywhere; }
        """;

    public static IResult Render(string title, string body, int status = StatusCodes.Status200OK) => Results.Content($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Encode(title)}</title>
        <link rel="stylesheet" href="/site.css">
        </head>
        <body><main>
        <h1>{Encode(title)}</h1>
        {body}
        </main></body>
        </html>
        """, "text/html; charset=utf-8", statusCode: status);

    public static async Task<IResult> MeAsync(HttpContext context, IAntiforgery antiforgery, string? message)
    {
        var user = context.User;
        var rows = user.Claims.Select(claim => $"""<tr><th scope="row">{Encode(claim.Type)}</th><td>{Encode(claim.Value)}</td></tr>""");
        var expires = DateTimeOffset.TryParse(await context.GetTokenAsync("expires_at"), CultureInfo.InvariantCulture, out var at)
            ? at.ToString("u", CultureInfo.InvariantCulture)
            : "an unknown time";
        var csrf = antiforgery.GetAndStoreTokens(context);
        string Button(string action, string label) => $"""
            <form method="post" action="{action}">
            <input type="hidden" name="{csrf.FormFieldName}" value="{Encode(csrf.RequestToken)}">
            <button type="submit">{label}</button>
            </form>
            """;
        return Render($"Hello, {user.Identity?.Name ?? user.FindFirst("sub")?.Value}", $"""
            {(message is null ? "" : $"""<p role="status">{Encode(message)}</p>""")}
            <p>The access token expires at {Encode(expires)}.</p>
            {Button("/me/api", "Call the API")}{Button("/me/refresh", "Refresh the token")}{Button("/signout", "Sign out")}
            <table>
            <caption>Claims about you</caption>
            <thead><tr><th scope="col">Claim</th><th scope="col">Value</th></tr></thead>
            <tbody>{string.Concat(rows)}</tbody>
            </table>
            """);
    }

    private static string Encode(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
