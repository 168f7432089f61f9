namespace OidcProvider.Clients;

/// <summary>A scope: its words for the consent page, the resources it is good for and the claims it releases.</summary>
internal sealed record ScopeDefinition
{
    public string Name { get; init; } = "";

    public string? DisplayName { get; init; }

    public string? Description { get; init; }

    /// <summary>Audiences of access tokens that carry the scope (RFC 8707, RFC 9068 §3).</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Claims of the user that the scope releases (OpenID Connect Core 1.0 §5.4).</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];
}

/// <summary>Scopes whose meaning a specification or this server fixes; they exist always and cannot be redefined.</summary>
internal static class StandardScopes
{
    public const string OpenId = "openid";
    public const string OfflineAccess = "offline_access";

    // OpenID Connect Core 1.0 §5.4 and §11; "roles" is ours.
    public static readonly IReadOnlyList<ScopeDefinition> All =
    [
        new() { Name = OpenId, DisplayName = "Sign you in", Description = "Know who you are when you come back.", Claims = ["sub"] },
        new()
        {
            Name = "profile",
            DisplayName = "See your profile",
            Description = "Your name, picture and other details of your profile.",
            Claims = ["name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"],
        },
        new() { Name = "email", DisplayName = "See your e-mail address", Description = "Your e-mail address and whether it is verified.", Claims = ["email", "email_verified"] },
        new() { Name = "address", DisplayName = "See your postal address", Description = "The postal address in your profile.", Claims = ["address"] },
        new() { Name = "phone", DisplayName = "See your phone number", Description = "Your phone number and whether it is verified.", Claims = ["phone_number", "phone_number_verified"] },
        new() { Name = "roles", DisplayName = "See your roles", Description = "The roles you hold here.", Claims = ["roles"] },
        new() { Name = OfflineAccess, DisplayName = "Stay connected when you are not here", Description = "Act for you until you withdraw it, even when you are not signed in." },
        .. Hosting.Permissions.All.Select(permission => new ScopeDefinition { Name = permission.Key, DisplayName = permission.Value, Description = "Administer this server, as far as your own role allows." }),
    ];

    /// <summary>Whether the scope is for this server's own admin API; a token that carries one has the issuer as an audience.</summary>
    public static bool IsAdministrative(string name) => name.StartsWith(Hosting.Permissions.Prefix, StringComparison.Ordinal);

    public static bool Contains(string name) => All.Any(scope => scope.Name == name);
}
