using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol;

/// <summary>How and when the user authenticated; kept from the sign-in through every refresh.</summary>
internal sealed record AuthenticationFacts(long? AuthTime, IReadOnlyList<string> Amr, string? Acr, string? SessionId)
{
    public static AuthenticationFacts Of(Session session) => new(
        new DateTimeOffset(session.AuthenticatedAt).ToUnixTimeSeconds(),
        session.Amr.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        session.Acr,
        session.Id.ToString("N"));

    public static AuthenticationFacts Of(ClaimsPrincipal principal) => new(
        long.TryParse(principal.GetClaim(Claims.AuthenticationTime), CultureInfo.InvariantCulture, out var authTime) ? authTime : null,
        principal.GetClaims(Claims.AuthenticationMethodReference),
        principal.GetClaim(Claims.AuthenticationContextReference),
        principal.GetClaim("sid"));
}

/// <summary>
/// Builds the principal that tokens are made from: which claim goes into which token is decided here and nowhere else.
/// The ID token tells of the sign-in (OpenID Connect Core 1.0 §2); the access token of the grant (RFC 9068 §2.2).
/// </summary>
internal sealed class GrantPrincipal(RegistrySnapshot scopes, IssuerUri issuer)
{
    private static readonly string[] BothTokens = [Destinations.AccessToken, Destinations.IdentityToken];

    public async Task<ClaimsPrincipal> ForUserAsync(User user, IReadOnlyList<string> roles, IReadOnlyCollection<string> granted, AuthenticationFacts facts, CancellationToken cancellation)
    {
        var definitions = await scopes.FindScopesAsync(granted, cancellation);
        var identity = Identity();
        identity.AddClaim(new Claim(Claims.Subject, user.Id.ToString()));
        if (facts.AuthTime is { } authTime)
        {
            identity.AddClaim(new Claim(Claims.AuthenticationTime, authTime.ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64));
        }

        if (facts.Amr.Count > 0)
        {
            identity.AddClaim(Json(Claims.AuthenticationMethodReference, new JsonArray([.. facts.Amr.Select(method => (JsonNode)method)])));
        }

        AddText(identity, Claims.AuthenticationContextReference, facts.Acr);
        AddText(identity, "sid", facts.SessionId);
        identity.SetDestinations(static _ => BothTokens);

        foreach (var (name, value) in UserClaims.ForAccessToken(UserClaims.Of(user, roles), definitions))
        {
            // Before it is added: an identity keeps a copy.
            identity.AddClaim(Json(name, value!).SetDestinations(Destinations.AccessToken));
        }

        return Principal(identity, granted, definitions);
    }

    /// <summary>A client acting for itself (RFC 6749 §4.4): it is the subject.</summary>
    public async Task<ClaimsPrincipal> ForClientAsync(string clientId, IReadOnlyCollection<string> granted, CancellationToken cancellation)
    {
        var definitions = await scopes.FindScopesAsync(granted, cancellation);
        var identity = Identity();
        identity.AddClaim(new Claim(Claims.Subject, clientId).SetDestinations(Destinations.AccessToken));
        return Principal(identity, granted, definitions);
    }

    private ClaimsPrincipal Principal(ClaimsIdentity identity, IReadOnlyCollection<string> granted, IReadOnlyCollection<ScopeDefinition> definitions)
    {
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(granted);
        // RFC 9068 §3: a token without a resource of its own is for this server's own endpoints.
        var resources = definitions.SelectMany(scope => StandardScopes.IsAdministrative(scope.Name) ? [issuer.Value] : scope.Resources).Distinct(StringComparer.Ordinal).ToArray();
        principal.SetResources(resources.Length > 0 ? resources : [issuer.Value]);
        return principal;
    }

    private static ClaimsIdentity Identity() => new("OidcProvider", Claims.Name, Claims.Role);

    private static void AddText(ClaimsIdentity identity, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            identity.AddClaim(new Claim(name, value));
        }
    }

    // JSON keeps its type in the token: an array of one stays an array.
    private static Claim Json(string name, JsonNode value) => value switch
    {
        JsonArray array => new Claim(name, array.ToJsonString(), JsonClaimValueTypes.JsonArray),
        JsonObject inner => new Claim(name, inner.ToJsonString(), JsonClaimValueTypes.Json),
        JsonValue scalar when scalar.TryGetValue<bool>(out var flag) => new Claim(name, flag ? "true" : "false", ClaimValueTypes.Boolean),
        JsonValue scalar when scalar.TryGetValue<long>(out var number) => new Claim(name, number.ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64),
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => new Claim(name, text),
        _ => new Claim(name, value.ToJsonString(), JsonClaimValueTypes.Json),
    };
}
