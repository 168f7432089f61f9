using System.Text.Json;
using System.Text.Json.Serialization;
using OidcProvider.Languages;

namespace OidcProvider.Clients;

/// <summary>A scope: its words for the consent page, the resources it is good for and the claims it releases.</summary>
internal record ScopeDefinition
{
    public string Name { get; init; } = "";

    public string? DisplayName { get; init; }

    public string? Description { get; init; }

    /// <summary><c>display_name#de</c> and the like, as clients have them. See <see cref="Localized"/>.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Tagged { get; init; }

    /// <summary>Audiences of access tokens that carry the scope (RFC 8707, RFC 9068 §3).</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Claims of the user that the scope releases (OpenID Connect Core 1.0 §5.4).</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];
}

/// <summary>A scope as it is registered; the version is another one at every change.</summary>
internal sealed record RegisteredScope(ScopeDefinition Definition, string Version);

/// <summary>Scopes whose meaning a specification or this server fixes; they exist always and cannot be redefined.</summary>
internal static class StandardScopes
{
    public const string OpenId = "openid";
    public const string OfflineAccess = "offline_access";

    // OpenID Connect Core 1.0 §5.4 and §11; "roles" is ours.
    public static readonly IReadOnlyList<ScopeDefinition> All =
    [
        Standard(OpenId, "sub"),
        Standard("profile", "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"),
        Standard("email", "email", "email_verified"),
        Standard("address", "address"),
        Standard("phone", "phone_number", "phone_number_verified"),
        Standard("roles", "roles"),
        Standard(OfflineAccess),
        .. Hosting.Permissions.All.Select(permission => Standard(permission.Key)),
    ];

    /// <summary>Whether the scope is for this server's own admin API; a token that carries one has the issuer as an audience.</summary>
    public static bool IsAdministrative(string name) => name.StartsWith(Hosting.Permissions.Prefix, StringComparison.Ordinal);

    public static bool Contains(string name) => All.Any(scope => scope.Name == name);

    private static ScopeDefinition Standard(string name, params string[] claims)
    {
        var words = new ScopeDefinition { Name = name }.In(Words.In(Language.English));
        return new() { Name = name, DisplayName = words.Title, Description = words.Text, Claims = claims };
    }
}
