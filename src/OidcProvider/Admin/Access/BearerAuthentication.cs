using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.ApiKeys;
using OidcProvider.Audit;
using OidcProvider.Hosting;
using OidcProvider.Keys;
using OidcProvider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.Access;

/// <summary>
/// Authenticates callers of our own APIs by an access token of ours (RFC 6750 §2.1, RFC 9068 §4): signature, issuer, audience and type,
/// then whether it still stands, then whether its user is still allowed; or by an API key. Roles are those the user holds now, not those in the token.
/// </summary>
internal sealed class BearerAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "bearer";

    private const string Prefix = "Bearer ";

    // What the token itself says and the policies ask for; roles and names come from the user as of now.
    private static readonly string[] Kept = [Claims.ClientId, Claims.Scope, Claims.AuthenticationContextReference, Claims.AuthenticationTime, Claims.JwtId, "sid"];

    private static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false };

    private T Service<T>() where T : notnull => Context.RequestServices.GetRequiredService<T>();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Query.ContainsKey("access_token"))
        {
            // RFC 6750 §2, §5.3: one way only, and never in a URL.
            return AuthenticateResult.Fail("An access token or API key must not be sent in the URL.");
        }

        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        var presented = header[Prefix.Length..].Trim();
        return ApiKeyFormat.IsMeant(presented) ? await FromKeyAsync(presented) : await FromTokenAsync(presented);
    }

    private async Task<AuthenticateResult> FromKeyAsync(string presented)
    {
        var live = await Service<ApiKeyVerifier>().VerifyAsync(presented, Context.Connection.RemoteIpAddress?.ToString(), Context.RequestAborted);
        if (!live.Succeeded && live.Problems[0].Code == ApiKeyGuesses.TooMany)
        {
            Response.Headers.RetryAfter = ((int)Service<IOptions<ApiKeysOptions>>().Value.GuessWindow.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return live.Succeeded
            ? AuthenticateResult.Success(new AuthenticationTicket(Caller.Of(live.Value.Holder.User, live.Value.Holder.Roles, [new Claim(Claims.Scope, live.Value.Key.Scopes), new Claim(AuditLog.ApiKeyClaim, live.Value.Key.Prefix)], Caller.ByKey), SchemeName))
            : AuthenticateResult.Fail(live.Problems[0].Message);
    }

    private async Task<AuthenticateResult> FromTokenAsync(string presented)
    {
        var validated = await Tokens.ValidateTokenAsync(presented, Parameters());
        if (!validated.IsValid)
        {
            return AuthenticateResult.Fail("The access token is not one of this server's, not for this API, or expired.");
        }

        var token = (JsonWebToken)validated.SecurityToken;
        var identity = validated.ClaimsIdentity;
        if (await Service<AccessTokenStanding>().FaultAsync(identity.FindFirst(Claims.ClientId)?.Value, token.IssuedAt, token.Id) is { } fault)
        {
            return AuthenticateResult.Fail(fault);
        }

        // A client's own token has no user behind it, and administering is for people.
        var admitted = await Service<GrantGate>().AdmitAsync(token.Subject, sessionId: null);
        return admitted.Succeeded
            ? AuthenticateResult.Success(new AuthenticationTicket(Caller.Of(admitted.Value.User, admitted.Value.Roles, identity.Claims.Where(claim => Kept.Contains(claim.Type)), SchemeName), SchemeName))
            : AuthenticateResult.Fail(admitted.Problems[0].Message);
    }

    // RFC 6750 §3.
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure?.Message;
        if (Response.Headers.RetryAfter.Count > 0)
        {
            await Api.ApiProblems.WriteAsync(Context, StatusCodes.Status429TooManyRequests, ApiKeyGuesses.TooMany, failure ?? "");
            return;
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = failure is null ? "Bearer realm=\"admin\"" : $"Bearer realm=\"admin\", error=\"{Errors.InvalidToken}\", error_description=\"{failure}\"";
        await Api.ApiProblems.WriteAsync(Context, StatusCodes.Status401Unauthorized, Errors.InvalidToken, failure ?? "The request carries no access token.");
    }

    private TokenValidationParameters Parameters() => new()
    {
        ValidIssuer = Service<IssuerUri>().Value,
        ValidAudience = Service<IssuerUri>().Value,
        ValidTypes = ["at+jwt"],
        IssuerSigningKeys = Service<KeyRing>().Current.Published.Select(credentials => credentials.Key),
        LifetimeValidator = (from, until, _, _) => Service<TimeProvider>().GetUtcNow().UtcDateTime is var now && until > now && !(from > now.AddMinutes(1)),
    };
}
