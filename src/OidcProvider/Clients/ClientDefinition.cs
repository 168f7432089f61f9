using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OidcProvider.Branding;

namespace OidcProvider.Clients;

/// <summary>
/// What a client is, in the words of RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2 and a few of ours.
/// The one shape for bootstrap file, command line, admin API and dynamic registration; <see cref="ClientRules"/> judges it.
/// </summary>
internal record ClientDefinition
{
    /// <summary>Made by the server when absent.</summary>
    public string? ClientId { get; init; }

    /// <summary>Only on the way in; never stored, never read back. Made by the server when a confidential client has none.</summary>
    public string? ClientSecret { get; init; }

    public string? ClientName { get; init; }

    public string? ClientUri { get; init; }

    public string? LogoUri { get; init; }

    public string? PolicyUri { get; init; }

    public string? TosUri { get; init; }

    public IReadOnlyList<string> Contacts { get; init; } = [];

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    public IReadOnlyList<string> GrantTypes { get; init; } = [ClientMetadata.AuthorizationCode];

    // RFC 7591 §2.1: response types follow from the grants; only the code flow has one here.
    public IReadOnlyList<string> ResponseTypes
    {
        get => field ?? (GrantTypes.Contains(ClientMetadata.AuthorizationCode) ? ["code"] : []);
        init;
    }

    public string TokenEndpointAuthMethod { get; init; } = ClientMetadata.ClientSecretBasic;

    /// <summary>Space-separated.</summary>
    public string? Scope { get; init; }

    public string ApplicationType { get; init; } = ClientMetadata.Web;

    public JsonObject? Jwks { get; init; }

    public string? JwksUri { get; init; }

    public string? SoftwareId { get; init; }

    public string? SoftwareVersion { get; init; }

    /// <summary>Seconds.</summary>
    public int? DefaultMaxAge { get; init; }

    public bool RequireAuthTime { get; init; }

    public string? InitiateLoginUri { get; init; }

    public string SubjectType { get; init; } = "public";

    public string? IdTokenSignedResponseAlg { get; init; }

    /// <summary>RFC 9126 §6.</summary>
    public bool RequirePushedAuthorizationRequests { get; init; }

    public string? BackchannelLogoutUri { get; init; }

    public bool BackchannelLogoutSessionRequired { get; init; }

    public string? FrontchannelLogoutUri { get; init; }

    public bool FrontchannelLogoutSessionRequired { get; init; }

    public bool RequirePkce { get; init; } = true;

    /// <summary><c>explicit</c>: the user is asked; <c>implicit</c>: a client of our own, nobody is asked.</summary>
    public string Consent { get; init; } = ClientMetadata.ExplicitConsent;

    public string Profile { get; init; } = ClientMetadata.OAuth21;

    public TimeSpan? AccessTokenLifetime { get; init; }

    public TimeSpan? RefreshTokenLifetime { get; init; }

    /// <summary>Colours of the app, on the pages that lead to it.</summary>
    public BrandColors? Branding { get; init; }

    /// <summary>Members in further languages, such as <c>client_name#de</c> (RFC 7591 §2.2). See <see cref="Localized"/>.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Tagged { get; init; }

    public bool IsPublic() => TokenEndpointAuthMethod == ClientMetadata.None;

    public bool HasGrant(string grantType) => GrantTypes.Contains(grantType);

    public IReadOnlyList<string> Scopes() => Scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    // Lists compare by reference in a record, so two definitions are the same when they read the same.
    public virtual bool Equals(ClientDefinition? other) => other is not null && ClientJson.Write(this) == ClientJson.Write(other);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ClientJson.Write(this));

    // A secret must not reach a log through a careless interpolation.
    public sealed override string ToString() => ClientJson.Write(this with { ClientSecret = null });
}

/// <summary>Values of client metadata.</summary>
internal static class ClientMetadata
{
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";
    public const string ClientCredentials = "client_credentials";
    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string None = "none";
    public const string ClientSecretBasic = "client_secret_basic";
    public const string ClientSecretPost = "client_secret_post";
    public const string Web = "web";
    public const string Native = "native";
    public const string ExplicitConsent = "explicit";
    public const string ImplicitConsent = "implicit";
    public const string OAuth21 = "oauth21";
    public const string Oidc = "oidc";
    public const string Fapi2 = "fapi2";
}

/// <summary>JSON of client metadata: <c>snake_case</c>, absent rather than null.</summary>
internal static class ClientJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    };

    // A row may have been written by a newer version; what this one does not know must not stop it.
    private static readonly JsonSerializerOptions Stored = new(Options) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip };

    public static string Write(ClientDefinition definition) => JsonSerializer.Serialize(definition, Options);

    public static ClientDefinition ReadStored(string json) => JsonSerializer.Deserialize<ClientDefinition>(json, Stored)!;
}
