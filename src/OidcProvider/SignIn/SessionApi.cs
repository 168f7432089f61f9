using Microsoft.Extensions.Options;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Languages;
using OidcProvider.Sessions;
using OidcProvider.Tokens;

namespace OidcProvider.SignIn;

/// <summary>What an own web app posts to <c>/auth/login</c>: address and password first; a code or recovery code to go on.</summary>
internal sealed record SessionApiLogin(string? Email, string? Password, string? Code, string? RecoveryCode);

/// <summary>
/// The session API for own web apps, off unless <c>SignIn:SessionApi</c> is on: <c>POST /auth/login</c>, <c>/auth/refresh</c>, <c>/auth/logout</c>. The
/// access token is in the body, the rotating refresh token in an HttpOnly SameSite=Strict cookie. A second factor goes on by the cookie of the
/// half-finished sign-in. Only known origins may call it, with a header that no form can send. Throttling and audit are those of the pages.
/// </summary>
internal static class SessionApi
{
    /// <summary>Any value; that it is there shows that a script sent the request.</summary>
    public const string Header = "X-Requested-With";

    public static void MapSessionApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/auth").AllowAnonymous().AddEndpointFilter(GuardAsync);
        api.MapMethods("/{**any}", [HttpMethods.Options], () => Results.NoContent());
        api.MapPost("/login", LoginAsync);
        api.MapPost("/refresh", (Delegate)RefreshAsync);
        api.MapPost("/logout", LogoutAsync);
    }

    private static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var options = http.RequestServices.GetRequiredService<IOptions<SignInOptions>>().Value;
        if (!options.SessionApi)
        {
            return Results.NotFound();
        }

        var origin = http.Request.Headers.Origin.ToString();
        var own = http.RequestServices.GetRequiredService<IssuerUri>().Uri.GetLeftPart(UriPartial.Authority);
        if (origin != own && !options.SessionApiOrigins.Contains(origin, StringComparer.Ordinal))
        {
            return Fault(StatusCodes.Status403Forbidden, "origin_not_allowed", "This origin is not listed in SignIn:SessionApiOrigins.");
        }

        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlAllowHeaders = $"Content-Type, {Header}";
        headers.AccessControlAllowMethods = HttpMethods.Post;
        headers.Vary = "Origin";
        return HttpMethods.IsPost(http.Request.Method) && !http.Request.Headers.ContainsKey(Header)
            ? Fault(StatusCodes.Status400BadRequest, "header_missing", $"Send the header {Header}.")
            : await next(context);
    }

    private static async Task<IResult> LoginAsync(SessionApiLogin login, HttpContext http, PasswordSignIn passwords, SecondStep second)
    {
        SignInOutcome outcome;
        if (login is { Email: { Length: > 0 and <= 256 } email, Password: { Length: > 0 and <= 256 } password })
        {
            outcome = await passwords.TryAsync(http, email, password);
        }
        else if ((login.Code ?? login.RecoveryCode) is not null && await second.FindAsync(http) is { MustEnrol: false } stepping)
        {
            outcome = login.Code is { } code ? await second.WithCodeAsync(http, stepping, code, trust: false) : await second.WithRecoveryCodeAsync(http, stepping, login.RecoveryCode!);
        }
        else
        {
            return Fault(StatusCodes.Status400BadRequest, "invalid_request", "Send email and password, or code or recovery_code to go on.");
        }

        return outcome switch
        {
            SignInOutcome.Done => await AnswerAsync(http, (tokens, client) => tokens.BeginAsync(SessionAuthenticationHandler.Current(http)!, client)!),
            SignInOutcome.SecondFactor => Fault(StatusCodes.Status401Unauthorized, "mfa_required", "Post the code of the authenticator app, or a recovery code."),
            SignInOutcome.Enrol => Fault(StatusCodes.Status403Forbidden, "enrolment_required", "A second factor must be set up at /login first."),
            SignInOutcome.Throttled => Fault(StatusCodes.Status429TooManyRequests, "too_many_attempts", Words.In(Language.English)[LoginModel.NoTriesLeft]),
            _ => Fault(StatusCodes.Status401Unauthorized, "invalid_credentials", "The address, password or code is not right."),
        };
    }

    private static Task<IResult> RefreshAsync(HttpContext http) =>
        http.Request.Cookies[CookieName(http)] is { Length: > 0 } presented
            ? AnswerAsync(http, (tokens, client) => tokens.RefreshAsync(presented, client))
            : Task.FromResult(Fault(StatusCodes.Status401Unauthorized, "invalid_grant", "There is no session to refresh."));

    private static async Task<IResult> LogoutAsync(HttpContext http, FirstPartyTokens tokens)
    {
        if (http.Request.Cookies[CookieName(http)] is { Length: > 0 } presented)
        {
            await tokens.EndAsync(presented);
        }

        http.Response.Cookies.Delete(CookieName(http), Cookie(http));
        return Results.NoContent();
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, Func<FirstPartyTokens, ClientEntry, Task<FirstPartyAnswer?>> issue)
    {
        var id = http.RequestServices.GetRequiredService<IOptions<SignInOptions>>().Value.SessionApiClient!;
        if (await http.RequestServices.GetRequiredService<RegistrySnapshot>().FindClientAsync(id) is not { Registered.Disabled: false } client)
        {
            return Fault(StatusCodes.Status503ServiceUnavailable, "client_not_registered", "The client of SignIn:SessionApiClient is not registered or disabled.");
        }

        if (await issue(http.RequestServices.GetRequiredService<FirstPartyTokens>(), client) is not { } answer)
        {
            http.Response.Cookies.Delete(CookieName(http), Cookie(http));
            return Fault(StatusCodes.Status401Unauthorized, "invalid_grant", "The session has ended. Sign in again.");
        }

        var cookie = Cookie(http);
        cookie.Expires = answer.RefreshExpires;
        http.Response.Cookies.Append(CookieName(http), answer.RefreshToken, cookie);
        return Results.Json(new { access_token = answer.AccessToken, token_type = "Bearer", expires_in = answer.ExpiresIn });
    }

    private static IResult Fault(int status, string error, string description) => Results.Json(new { error, error_description = description }, statusCode: status);

    private static string CookieName(HttpContext http) => http.RequestServices.GetRequiredService<IssuerUri>() is var issuer ? $"{(issuer.IsHttps ? "__Host-" : "")}oidc-refresh{issuer.Path.Value?.Replace('/', '-')}" : "";

    private static CookieOptions Cookie(HttpContext http) => new()
    {
        HttpOnly = true, Secure = http.RequestServices.GetRequiredService<IssuerUri>().IsHttps, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true,
    };
}
