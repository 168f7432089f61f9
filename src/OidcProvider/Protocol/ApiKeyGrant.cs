using System.Security.Claims;
using Microsoft.Extensions.Options;
using OidcProvider.ApiKeys;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol;

/// <summary>
/// Token exchange (RFC 8693) of an API key for a short access token: for the key's user, for no more than the key, the client and the request
/// have in common, for the resources asked for. No refresh token: the key is there to ask again. The token's <c>jti</c> begins with the key, so it
/// dies with it.
/// </summary>
internal sealed class ApiKeyGrant(GrantPrincipal principals, RegistrySnapshot registry, TimeProvider time, IOptions<TokensOptions> tokens, IOptions<ApiKeysOptions> keys)
{
    /// <summary>§3: what <c>subject_token_type</c> says of an API key.</summary>
    public const string TokenType = "urn:oidcprovider:params:oauth:token-type:api_key";

    private static readonly AuthenticationFacts NobodySignedIn = new(null, [], null, null);

    public async Task<Result<ClaimsPrincipal>> ExchangeAsync(LiveApiKey presented, OpenIddictRequest request, RegisteredClient client)
    {
        // What administers this server is done with the key itself: an access token says nothing of how its user signed in here.
        var offered = GrantGate.StillAllowed(presented.Scopes, client).Where(scope => !StandardScopes.IsAdministrative(scope)).ToList();
        var asked = request.GetScopes();
        if (asked.FirstOrDefault(scope => !offered.Contains(scope)) is { } wrong)
        {
            return new Problem(Errors.InvalidScope, $"The API key cannot be exchanged for the scope {wrong} by this client.");
        }

        IReadOnlyCollection<string> granted = asked.Length > 0 ? asked : offered;
        // §2.1: both parameters name targets; here a resource and its audience are one.
        var targets = request.GetResources().Concat(request.GetAudiences()).Distinct(StringComparer.Ordinal).ToList();
        if (targets.Count > 0)
        {
            var definitions = await registry.FindScopesAsync(granted, CancellationToken.None);
            if (targets.Exists(target => !definitions.Any(scope => scope.Resources.Contains(target))))
            {
                return new Problem(Errors.InvalidTarget, "No scope of the API key is good for that resource.");
            }

            // RFC 8707 §2.2: a scope of another resource has no business in the token.
            granted = [.. definitions.Where(scope => scope.Resources.Count == 0 || scope.Resources.Intersect(targets).Any()).Select(scope => scope.Name)];
        }

        if (granted.Count == 0)
        {
            return new Problem(Errors.InvalidScope, "The API key and the client have no scope in common.");
        }

        var principal = await principals.ForUserAsync(presented.Holder.User, presented.Holder.Roles, granted, NobodySignedIn, CancellationToken.None);
        if (targets.Count > 0)
        {
            principal.SetResources(targets);
        }

        principal.SetAuthorizationId(presented.Key.Id.ToString());
        principal.SetAccessTokenLifetime(Life(presented, client));
        return principal;
    }

    private TimeSpan Life(LiveApiKey presented, RegisteredClient client) => new[]
    {
        client.Definition.AccessTokenLifetime ?? tokens.Value.AccessTokenLifetime, keys.Value.ExchangedTokenLifetime, presented.Key.ExpiresAt!.Value - time.GetUtcNow().UtcDateTime,
    }.Min();
}
