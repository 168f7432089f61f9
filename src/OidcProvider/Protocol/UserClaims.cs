using System.Text.Json.Nodes;
using OidcProvider.Clients;
using OidcProvider.Data;

namespace OidcProvider.Protocol;

/// <summary>
/// What claims a user has and which of them a set of scopes releases (OpenID Connect Core 1.0 §5.1, §5.4). Nothing that is
/// empty is ever released.
/// </summary>
internal static class UserClaims
{
    /// <summary>All claims of a user under their standard names and with their standard types.</summary>
    public static JsonObject Of(User user, IEnumerable<string> roles)
    {
        // The account's own columns stand above what an administrator wrote among the further claims.
        var claims = JsonNode.Parse(user.Claims) as JsonObject ?? [];
        Set(claims, "sub", user.Id.ToString());
        Set(claims, "name", user.FullName);
        Set(claims, "given_name", user.GivenName);
        Set(claims, "family_name", user.FamilyName);
        Set(claims, "email", user.Email);
        Set(claims, "phone_number", user.PhoneNumber);
        if (!claims.ContainsKey("preferred_username"))
        {
            Set(claims, "preferred_username", user.UserName);
        }

        if (user.Email is not null)
        {
            claims["email_verified"] = user.EmailConfirmed;
        }

        if (user.PhoneNumber is not null)
        {
            claims["phone_number_verified"] = user.PhoneNumberConfirmed;
        }

        claims["updated_at"] = new DateTimeOffset(user.UpdatedAt).ToUnixTimeSeconds();
        claims["roles"] = new JsonArray([.. roles.Order(StringComparer.Ordinal).Select(role => (JsonNode)role)]);
        return claims;
    }

    /// <summary>The claims that the granted scopes release.</summary>
    public static JsonObject Released(JsonObject all, IEnumerable<ScopeDefinition> granted)
    {
        var released = new JsonObject();
        foreach (var name in granted.SelectMany(scope => scope.Claims).Prepend("sub").Distinct(StringComparer.Ordinal))
        {
            if (all[name] is { } value && !IsEmpty(value))
            {
                released[name] = value.DeepClone();
            }
        }

        return released;
    }

    /// <summary>
    /// The released claims that an API needs in the access token: e-mail, roles and what the registered scopes name. The rest of
    /// the profile is for userinfo, so that tokens stay small and private.
    /// </summary>
    public static JsonObject ForAccessToken(JsonObject all, IReadOnlyCollection<ScopeDefinition> granted)
    {
        var released = Released(all, granted);
        var wanted = granted.Where(scope => !StandardScopes.Contains(scope.Name)).SelectMany(scope => scope.Claims).Append("email").Append("roles").ToHashSet(StringComparer.Ordinal);
        foreach (var name in released.Select(claim => claim.Key).Where(name => !wanted.Contains(name)).ToList())
        {
            released.Remove(name);
        }

        return released;
    }

    private static void Set(JsonObject claims, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            claims[name] = value;
        }
    }

    private static bool IsEmpty(JsonNode value) => value switch
    {
        JsonArray array => array.Count == 0,
        JsonObject inner => inner.Count == 0,
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => text.Length == 0,
        _ => false,
    };
}
