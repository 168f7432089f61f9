using System.Text.Json;
using System.Text.Json.Nodes;

namespace OidcProvider.Clients.Grading;

/// <summary>FAPI 2.0 Security Profile, as far as a registration shows it. Pure.</summary>
internal static class Fapi2Rules
{
    private static readonly string[] KeyMethods = ["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"];
    private static readonly string[] Bindings = ["dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens"];

    public static IEnumerable<Finding> Check(ClientDefinition client, UsageFacts facts)
    {
        // §5.3.2.1 1.
        if (client.IsPublic())
        {
            yield return new("client_public", Severity.Critical, "FAPI 2.0 is for confidential clients only.", "token_endpoint_auth_method");
        }
        else if (!KeyMethods.Contains(client.TokenEndpointAuthMethod))
        {
            // §5.3.2.1 6.
            yield return new("client_secret", Severity.Serious, "The client proves itself with a shared secret: FAPI 2.0 wants private_key_jwt or mutual TLS.", "token_endpoint_auth_method");
        }

        // §5.3.2.1 4.
        var metadata = JsonSerializer.SerializeToNode(client, ClientJson.Options)!;
        if (!Bindings.Any(name => metadata[name] is JsonValue value && value.TryGetValue<bool>(out var bound) && bound))
        {
            yield return new("token_unbound", Severity.Serious, "Access tokens are not bound to a key of the client (DPoP or mutual TLS): whoever steals one can use it.");
        }

        if (client.HasGrant(ClientMetadata.AuthorizationCode))
        {
            foreach (var finding in Interactive(client, facts))
            {
                yield return finding;
            }
        }

        // §5.4.1: PS256, ES256 or EdDSA.
        if (client.IdTokenSignedResponseAlg is null or "RS256")
        {
            yield return new("id_token_rs256", Severity.Moderate, "ID tokens are signed with RS256: FAPI 2.0 wants PS256 or ES256.", "id_token_signed_response_alg");
        }
    }

    private static IEnumerable<Finding> Interactive(ClientDefinition client, UsageFacts facts)
    {
        // §5.3.2.2 3.
        if (!client.RequirePushedAuthorizationRequests)
        {
            var safe = facts.AlwaysWith(UsageKinds.PushedRequest);
            yield return new("par_optional", Severity.Serious, safe ? "Pushed authorization requests are not required, though the client always uses them: require them." : "Pushed authorization requests are not required (RFC 9126).",
                "require_pushed_authorization_requests", safe ? new JsonObject { ["require_pushed_authorization_requests"] = true } : null);
        }

        // §5.3.2.2 5.
        foreach (var finding in OAuth21Rules.ProofKey(client, facts))
        {
            yield return finding with { Severity = Severity.Critical };
        }

        // §5.3.2.2 8.
        foreach (var uri in client.RedirectUris.Where(uri => !uri.StartsWith("https://", StringComparison.Ordinal)))
        {
            yield return new("redirect_uri_not_https", Severity.Critical, $"The redirect URI {uri} does not use https.", uri);
        }
    }
}
