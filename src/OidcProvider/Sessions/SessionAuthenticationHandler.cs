using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Sessions;

internal sealed class SessionSchemeOptions : AuthenticationSchemeOptions;

/// <summary>
/// Authenticates a browser by its session cookie. The cookie is a random handle and nothing else: it carries no claims,
/// needs no key ring and dies the moment its row ends.
/// </summary>
internal sealed class SessionAuthenticationHandler(
    IOptionsMonitor<SessionSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IssuerUri issuer)
    : SignInAuthenticationHandler<SessionSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "session";

    // To the tick: whether a sign-in answers a request is a comparison of moments.
    private const string Since = "since";

    /// <summary>Key under which the live session lies in the request's items.</summary>
    private static readonly object SessionKey = new();

    /// <summary>
    /// <c>__Host-</c> binds the cookie to this host and to https; browsers refuse the prefix on plain http. Two issuers on one host
    /// differ by path, and so do their cookies.
    /// </summary>
    private string CookieName => $"{(issuer.IsHttps ? "__Host-" : "")}oidc-session{issuer.Path.Value?.Replace('/', '-')}";

    private CookieOptions Cookie => new()
    {
        HttpOnly = true,
        Secure = issuer.IsHttps,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        IsEssential = true,
    };

    /// <summary>The live session of this request, if the session scheme has authenticated it.</summary>
    public static LiveSession? Current(HttpContext context) => context.Items[SessionKey] as LiveSession;

    /// <summary>Begins the session of who proved who they are, or renews the one that is there under a new handle.</summary>
    /// <param name="context">The request.</param>
    /// <param name="userId">Who.</param>
    /// <param name="amr">How.</param>
    /// <param name="since">When the oldest of these proofs was given, if not just now.</param>
    public static Task SignInAsync(HttpContext context, Guid userId, IEnumerable<string> amr, DateTime? since = null)
    {
        var identity = new ClaimsIdentity([new Claim(Claims.Subject, userId.ToString()), .. amr.Select(method => new Claim(Claims.AuthenticationMethodReference, method))], SchemeName);
        return context.SignInAsync(SchemeName, new ClaimsPrincipal(identity), new AuthenticationProperties(null, new Dictionary<string, object?> { [Since] = since }));
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Cookies[CookieName] is not { Length: > 0 } handle)
        {
            return AuthenticateResult.NoResult();
        }

        var sessions = Context.RequestServices.GetRequiredService<SessionStore>();
        var changing = !HttpMethods.IsGet(Request.Method) && !HttpMethods.IsHead(Request.Method);
        var live = await sessions.FindAsync(handle, changing);
        if (live is null)
        {
            return AuthenticateResult.NoResult();
        }

        if (changing)
        {
            Response.OnStarting(() => sessions.ChangedAsync(handle));
        }

        Context.Items[SessionKey] = live;
        Context.RequestServices.GetRequiredService<RequestLanguage>().Know(Context, live.User.Locale);
        return AuthenticateResult.Success(new AuthenticationTicket(Principal(live), SchemeName));
    }

    protected override async Task HandleSignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties)
    {
        var userId = Guid.Parse(user.FindFirst(Claims.Subject)!.Value);
        var amr = string.Join(' ', user.FindAll(Claims.AuthenticationMethodReference).Select(claim => claim.Value));
        await Context.AuthenticateAsync(SchemeName);
        var (session, handle) = await Context.RequestServices.GetRequiredService<SessionStore>()
            .BeginAsync(userId, amr, Current(Context)?.Session.Id, Request.Headers.UserAgent, Context.Connection.RemoteIpAddress?.ToString(), properties?.GetParameter<DateTime?>(Since));
        Response.Cookies.Append(CookieName, handle, Cookie);
        // For who goes on in this very request.
        Context.Items[SessionKey] = await Context.RequestServices.GetRequiredService<SessionStore>().FindByIdAsync(session.Id);
    }

    protected override async Task HandleSignOutAsync(AuthenticationProperties? properties)
    {
        await Context.AuthenticateAsync(SchemeName);
        if (Current(Context) is { } live)
        {
            await Context.RequestServices.GetRequiredService<SessionStore>().EndAsync(live.Session.Id, reason: "signout");
            Context.Items.Remove(SessionKey);
        }

        Response.Cookies.Delete(CookieName, Cookie);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var target = properties.RedirectUri ?? $"{Request.PathBase}{Request.Path}{Request.QueryString}";
        Response.Redirect($"{Request.PathBase}/login?returnUrl={Uri.EscapeDataString(target)}");
        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static ClaimsPrincipal Principal(LiveSession live)
    {
        var identity = new ClaimsIdentity(SchemeName, Claims.Name, Claims.Role);
        identity.AddClaim(new Claim(Claims.Subject, live.User.Id.ToString()));
        identity.AddClaim(new Claim(Claims.Name, live.User.FullName ?? live.User.UserName!));
        if (live.User.Email is { } email)
        {
            identity.AddClaim(new Claim(Claims.Email, email));
        }

        identity.AddClaim(new Claim("sid", live.Session.Id.ToString("N")));
        identity.AddClaim(new Claim(Claims.AuthenticationTime, EpochSeconds(live.Session.AuthenticatedAt), ClaimValueTypes.Integer64));
        identity.AddClaim(new Claim(Claims.AuthenticationContextReference, live.Session.Acr ?? AuthenticationContext.OneFactor));
        identity.AddClaims(live.Roles.Select(role => new Claim(Claims.Role, role)));
        return new ClaimsPrincipal(identity);
    }

    private static string EpochSeconds(DateTime at) => new DateTimeOffset(at).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
