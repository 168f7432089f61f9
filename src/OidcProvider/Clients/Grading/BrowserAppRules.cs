using System.Text.Json.Nodes;

namespace OidcProvider.Clients.Grading;

/// <summary>OAuth 2.0 for Browser-Based Applications (draft-ietf-oauth-browser-based-apps), for an app whose tokens live in the browser. Pure.</summary>
internal static class BrowserAppRules
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(15), Day = TimeSpan.FromDays(1);

    public static IEnumerable<Finding> Check(ClientDefinition client, UsageFacts facts)
    {
        // §6.3.2.1.
        foreach (var finding in OAuth21Rules.ProofKey(client, facts))
        {
            yield return finding with { Severity = Severity.Critical };
        }

        // §5.1.1, §6.1: what runs in the page can read what the page holds.
        if (client.HasGrant(ClientMetadata.RefreshToken))
        {
            yield return new("refresh_token_in_browser", Severity.Moderate, "Refresh tokens lie in the browser, where a script that slipped in can take them: keep them behind a backend of your own (BFF).", "grant_types");
            if (client.RefreshTokenLifetime is null || client.RefreshTokenLifetime > Day)
            {
                yield return new("refresh_token_long_in_browser", Severity.Minor, "A refresh token in a browser should end after a day without use.", "refresh_token_lifetime", new JsonObject { ["refresh_token_lifetime"] = Day.ToString("c") });
            }
        }

        if (client.Scopes().Contains(StandardScopes.OfflineAccess))
        {
            yield return new("offline_access_in_browser", Severity.Moderate, "offline_access keeps the app connected when nobody is there, which a page in a browser does not need.", "scope",
                facts.Unused(UsageKinds.Scope, StandardScopes.OfflineAccess) ? new JsonObject { ["scope"] = string.Join(' ', client.Scopes().Where(scope => scope != StandardScopes.OfflineAccess)) } : null);
        }

        if (client.AccessTokenLifetime > Short)
        {
            yield return new("access_token_long_in_browser", Severity.Moderate, $"Access tokens live {client.AccessTokenLifetime:c} in the browser.", "access_token_lifetime", new JsonObject { ["access_token_lifetime"] = null });
        }

        if (client.Scopes().Any(StandardScopes.IsAdministrative))
        {
            yield return new("administers_from_browser", Severity.Serious, "Tokens that administer this server lie in a browser.", "scope");
        }
    }
}
