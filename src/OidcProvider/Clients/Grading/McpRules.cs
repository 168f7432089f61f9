namespace OidcProvider.Clients.Grading;

/// <summary>Model Context Protocol, authorization and security best practices: agents that people connect to servers by themselves. Pure.</summary>
internal static class McpRules
{
    private const int ManyScopes = 8;

    public static IEnumerable<Finding> Check(ClientDefinition client, UsageFacts facts)
    {
        // "MCP clients MUST implement PKCE".
        foreach (var finding in OAuth21Rules.ProofKey(client, facts))
        {
            yield return finding with { Severity = Severity.Critical };
        }

        // "All redirect URIs MUST be either localhost or use HTTPS".
        foreach (var uri in client.RedirectUris.Where(uri => !uri.StartsWith("https://", StringComparison.Ordinal) && !uri.StartsWith("http://", StringComparison.Ordinal)))
        {
            yield return new("redirect_uri_private_scheme", Severity.Serious, $"The redirect URI {uri} has a scheme of its own, which another app can claim: use a loopback address or https.", uri);
        }

        // The confused deputy: consent for each client, in the user's words.
        if (client.Consent == ClientMetadata.ImplicitConsent)
        {
            yield return new("agent_without_consent", Severity.Serious, "Nobody is asked before an agent is connected.", "consent");
        }

        if (client.ClientName is null)
        {
            yield return new("name_missing", Severity.Moderate, "Without client_name people are asked to trust an id.", "client_name");
        }

        if (client.Scopes().Any(StandardScopes.IsAdministrative))
        {
            yield return new("administers_from_agent", Severity.Serious, "An agent may administer this server.", "scope");
        }

        // "Scope minimization".
        if (client.Scopes().Count > ManyScopes)
        {
            yield return new("scopes_many", Severity.Minor, $"The client is registered for {client.Scopes().Count} scopes: an agent should ask for few, and for more when it needs them.", "scope");
        }
    }
}
