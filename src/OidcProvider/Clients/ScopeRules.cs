using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>What a registered scope may be. Pure.</summary>
internal static class ScopeRules
{
    private const string Code = "invalid_scope_definition";

    // Claims that say who, for whom and until when belong to the protocol, not to a scope.
    private static readonly string[] ProtocolClaims =
    [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "azp", "client_id", "scope", "sid", "auth_time", "amr", "acr",
        "at_hash", "c_hash", "s_hash", "cnf", "act", "may_act", "authorization_details", "events", "typ", "token_use",
    ];

    public static bool IsProtocolClaim(string name) => ProtocolClaims.Contains(name, StringComparer.Ordinal);

    public static List<Problem> Check(ScopeDefinition scope)
    {
        List<Problem> problems = [];
        // RFC 6749 §3.3.
        if (scope.Name.Length is 0 or > 200 || scope.Name.Any(c => c is <= ' ' or '"' or '\\' or > '~'))
        {
            problems.Add(new(Code, "must have 1 to 200 printable ASCII characters without space, quote and backslash (RFC 6749 §3.3)", "name"));
        }
        else if (StandardScopes.IsAdministrative(scope.Name) || StandardScopes.Contains(scope.Name))
        {
            problems.Add(new(Code, $"'{scope.Name}' is a standard scope and cannot be redefined", "name"));
        }

        Text("display_name", scope.DisplayName, 200, problems);
        foreach (var (name, member, text) in Localized.Check(scope.Tagged, Localized.OfScopes, problems).ToList())
        {
            Text(name, text, member == "display_name" ? 200 : 1000, problems);
        }

        Text("description", scope.Description, 1000, problems);
        for (var i = 0; i < scope.Resources.Count; i++)
        {
            // RFC 8707 §2: absolute, no fragment. A resource is a name, so http is no fault.
            var resource = scope.Resources[i];
            if (resource.Length > RedirectUris.MaxLength || resource.Any(c => c is <= ' ' or > '~' or '#') || !Uri.TryCreate(resource, UriKind.Absolute, out var uri) || uri.Scheme == Uri.UriSchemeFile)
            {
                problems.Add(new(Code, "must be an absolute URI without fragment (RFC 8707 §2)", $"resources[{i}]"));
            }
        }

        for (var i = 0; i < scope.Claims.Count; i++)
        {
            var claim = scope.Claims[i];
            if (claim.Length is 0 or > 200 || claim.Any(char.IsControl))
            {
                problems.Add(new(Code, "must have 1 to 200 characters", $"claims[{i}]"));
            }
            else if (IsProtocolClaim(claim))
            {
                problems.Add(new(Code, $"'{claim}' belongs to the protocol", $"claims[{i}]"));
            }
        }

        return problems;
    }

    private static void Text(string field, string? text, int length, List<Problem> problems)
    {
        if (text is not null && (text.Length > length || string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl)))
        {
            problems.Add(new(Code, $"must have 1 to {length} characters and no control characters", field));
        }
    }
}
