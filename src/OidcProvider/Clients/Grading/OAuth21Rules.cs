using System.Text.Json.Nodes;

namespace OidcProvider.Clients.Grading;

/// <summary>What OAuth 2.1 (draft-ietf-oauth-v2-1) and RFC 9700 ask of every client, and what it no longer needs. Pure.</summary>
internal static class OAuth21Rules
{
    private static readonly TimeSpan LongAccess = TimeSpan.FromHours(1), LongRefresh = TimeSpan.FromDays(30);

    public static IEnumerable<Finding> Check(ClientDefinition client, UsageFacts facts) =>
        [.. ProofKey(client, facts), .. Addresses(client, facts), .. Lifetimes(client), .. Trust(client), .. NotNeeded(client, facts)];

    // OAuth 2.1 §4.1.1, §7.5.1.
    public static IEnumerable<Finding> ProofKey(ClientDefinition client, UsageFacts facts)
    {
        if (client.RequirePkce || !client.HasGrant(ClientMetadata.AuthorizationCode))
        {
            yield break;
        }

        var safe = facts.AlwaysWith(UsageKinds.Pkce);
        yield return new("pkce_optional", Severity.Serious, safe
            ? "PKCE is not required, though the client always uses it: require it."
            : $"PKCE is not required: a stolen code can be redeemed.{(facts.Used(UsageKinds.Pkce, UsageKinds.Without) ? $" The client sent requests without it in the last {UsageFacts.Days} days." : "")}",
            "require_pkce", safe ? new JsonObject { ["require_pkce"] = true } : null);
    }

    private static IEnumerable<Finding> Addresses(ClientDefinition client, UsageFacts facts)
    {
        foreach (var uri in client.RedirectUris)
        {
            var unused = client.RedirectUris.Count > 1 && facts.Unused(UsageKinds.RedirectUri, UsageKinds.Short(uri));
            var fix = unused ? new JsonObject { ["redirect_uris"] = new JsonArray([.. client.RedirectUris.Where(other => other != uri).Select(other => (JsonNode)other)]) } : null;
            if (unused)
            {
                yield return new("redirect_uri_unused", Severity.Moderate, $"The redirect URI {uri} was not used for {UsageFacts.Days} days: remove it.", uri, fix);
            }
            else if (uri.StartsWith("http://", StringComparison.Ordinal) && client.ApplicationType == ClientMetadata.Web)
            {
                yield return new("redirect_uri_loopback", Severity.Moderate, $"The redirect URI {uri} is one of a developer's machine: give development a client of its own.", uri);
            }

            // RFC 8252 §8.3.
            if (uri.StartsWith("http://localhost", StringComparison.Ordinal) && client.ApplicationType == ClientMetadata.Native)
            {
                yield return new("redirect_uri_localhost", Severity.Minor, $"The redirect URI {uri} names localhost, which may lead elsewhere: use 127.0.0.1 or [::1].", uri);
            }
        }
    }

    private static IEnumerable<Finding> Lifetimes(ClientDefinition client)
    {
        if (client.AccessTokenLifetime > LongAccess)
        {
            yield return new("access_token_long", Severity.Moderate, $"Access tokens live {client.AccessTokenLifetime:c}: a stolen one is useful that long.", "access_token_lifetime",
                client.HasGrant(ClientMetadata.RefreshToken) || client.HasGrant(ClientMetadata.ClientCredentials) ? new JsonObject { ["access_token_lifetime"] = null } : null);
        }

        if (client.RefreshTokenLifetime > LongRefresh)
        {
            yield return new("refresh_token_long", Severity.Moderate, $"Refresh tokens live {client.RefreshTokenLifetime:c} without being used.", "refresh_token_lifetime");
        }
    }

    private static IEnumerable<Finding> Trust(ClientDefinition client)
    {
        if (client.Consent == ClientMetadata.ImplicitConsent && client.IsPublic() && client.HasGrant(ClientMetadata.AuthorizationCode))
        {
            // OAuth 2.1 §7.3.1: anybody can pretend to be a public client.
            yield return new("public_without_consent", Severity.Moderate, "Nobody is asked, and the client cannot prove who it is: another app can take its place unnoticed.", "consent");
        }

        if (client.TokenEndpointAuthMethod == ClientMetadata.ClientSecretPost)
        {
            yield return new("secret_in_body", Severity.Minor, "The secret travels in the request body, where it is logged more easily (RFC 6749 §2.3.1): use client_secret_basic.", "token_endpoint_auth_method");
        }

        if (client.HasGrant(ClientMetadata.ClientCredentials) && client.GrantTypes.Count > 1)
        {
            yield return new("people_and_machine", Severity.Minor, "One client acts both for people and for itself: split it, so that each has only the scopes it needs.", "grant_types");
        }
    }

    private static IEnumerable<Finding> NotNeeded(ClientDefinition client, UsageFacts facts)
    {
        foreach (var grant in client.GrantTypes.Where(grant => client.GrantTypes.Count > 1 && facts.Unused(UsageKinds.GrantType, grant)))
        {
            // Without its main grant a client may make no sense any more; that is for a person to decide.
            var alone = grant is ClientMetadata.RefreshToken or ClientMetadata.ClientCredentials;
            yield return new("grant_unused", Severity.Minor, $"The grant {grant} was not used for {UsageFacts.Days} days: remove it.", grant,
                alone ? new JsonObject { ["grant_types"] = new JsonArray([.. client.GrantTypes.Where(other => other != grant).Select(other => (JsonNode)other)]) } : null);
        }

        var unused = client.Scopes().Where(scope => facts.Unused(UsageKinds.Scope, scope)).ToList();
        if (unused.Count > 0)
        {
            yield return new("scope_unused", Severity.Minor, $"Not asked for in {UsageFacts.Days} days: {string.Join(", ", unused)}. Remove what is not needed.", "scope",
                new JsonObject { ["scope"] = string.Join(' ', client.Scopes().Except(unused)) });
        }
    }
}
