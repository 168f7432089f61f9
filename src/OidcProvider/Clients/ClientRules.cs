using System.Text.Json;
using System.Text.RegularExpressions;
using OidcProvider.Branding;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>
/// What a client may be. Pure: every fault of a definition at once, each with the path of its field, under the codes of
/// RFC 7591 §3.2.2. Whether its scopes exist is asked of the <see cref="ScopeRegistry"/>.
/// </summary>
internal static partial class ClientRules
{
    public const string InvalidRedirectUri = "invalid_redirect_uri";
    public const string InvalidMetadata = "invalid_client_metadata";
    public const int MinSecretLength = 32, MaxSecretLength = 256;

    private const int MaxUris = 100, MaxNameLength = 200;
    private static readonly TimeSpan MaxAccessTokenLifetime = TimeSpan.FromDays(1), MaxRefreshTokenLifetime = TimeSpan.FromDays(3650);

    private static readonly string[] GrantTypes = [ClientMetadata.AuthorizationCode, ClientMetadata.RefreshToken, ClientMetadata.ClientCredentials, ClientMetadata.DeviceCode, ClientMetadata.TokenExchange];
    private static readonly string[] AuthMethods = [ClientMetadata.None, ClientMetadata.ClientSecretBasic, ClientMetadata.ClientSecretPost];
    private static readonly string[] LaterAuthMethods = ["client_secret_jwt", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth", "attest_jwt_client_auth"];

    public static List<Problem> Check(ClientDefinition client)
    {
        List<Problem> problems = [];
        CheckIdentity(client, problems);
        CheckValues(client, problems);
        CheckGrants(client, problems);
        CheckAuthentication(client, problems);
        CheckRedirects(client, problems);
        CheckLinks(client, problems);
        CheckLooks(client, problems);
        CheckKeys(client, problems);
        CheckProfile(client, problems);
        return problems;
    }

    private static void CheckIdentity(ClientDefinition client, List<Problem> problems)
    {
        // RFC 6749 App. A.1: VSCHAR.
        if (client.ClientId is { } id && (id.Length is 0 or > 200 || id.Any(c => c is < ' ' or > '~') || id.Trim() != id))
        {
            problems.Add(Invalid("client_id", "must have 1 to 200 printable ASCII characters and no space at either end (RFC 6749 App. A.1)"));
        }

        CheckText("client_name", client.ClientName, MaxNameLength, problems);
        CheckText("software_id", client.SoftwareId, MaxNameLength, problems);
        CheckText("software_version", client.SoftwareVersion, MaxNameLength, problems);
        CheckCount("contacts", client.Contacts, problems);
        for (var i = 0; i < client.Contacts.Count; i++)
        {
            CheckText($"contacts[{i}]", client.Contacts[i], 320, problems);
        }
    }

    private static void CheckText(string field, string? text, int length, List<Problem> problems)
    {
        // Format characters turn the reading direction round; a name that shows on the consent page must not.
        if (text is not null && (text.Length > length || string.IsNullOrWhiteSpace(text) || text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format)))
        {
            problems.Add(Invalid(field, $"must have 1 to {length} characters and no control characters"));
        }
    }

    private static void CheckValues(ClientDefinition client, List<Problem> problems)
    {
        OneOf("application_type", client.ApplicationType, [ClientMetadata.Web, ClientMetadata.Native], problems);
        OneOf("consent", client.Consent, [ClientMetadata.ExplicitConsent, ClientMetadata.ImplicitConsent], problems);
        OneOf("profile", client.Profile, [ClientMetadata.OAuth21, ClientMetadata.Oidc, ClientMetadata.Fapi2], problems);
        OneOf("subject_type", client.SubjectType, ["public"], problems);
        if (client.IdTokenSignedResponseAlg is { } algorithm)
        {
            OneOf("id_token_signed_response_alg", algorithm, ["RS256", "PS256", "ES256"], problems);
        }

        if (client.DefaultMaxAge is < 0)
        {
            problems.Add(Invalid("default_max_age", "must not be negative"));
        }

        CheckLifetime("access_token_lifetime", client.AccessTokenLifetime, MaxAccessTokenLifetime, problems);
        CheckLifetime("refresh_token_lifetime", client.RefreshTokenLifetime, MaxRefreshTokenLifetime, problems);

        // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ), separated by single spaces.
        if (client.Scope is { Length: > 0 } scope && (scope.Length > 4000 || !ScopeList().IsMatch(scope)))
        {
            problems.Add(Invalid("scope", "must be scope names separated by single spaces (RFC 6749 §3.3)"));
        }
    }

    private static void CheckLifetime(string field, TimeSpan? lifetime, TimeSpan most, List<Problem> problems)
    {
        if (lifetime is { } value && (value <= TimeSpan.Zero || value > most))
        {
            problems.Add(Invalid(field, $"must be positive and at most {most:c}"));
        }
    }

    private static void CheckGrants(ClientDefinition client, List<Problem> problems)
    {
        CheckCount("grant_types", client.GrantTypes, problems);
        for (var i = 0; i < client.GrantTypes.Count; i++)
        {
            OneOf($"grant_types[{i}]", client.GrantTypes[i], GrantTypes, problems);
        }

        if (client.GrantTypes.Count == 0)
        {
            problems.Add(Invalid("grant_types", "must name at least one grant"));
        }

        if (client.HasGrant(ClientMetadata.RefreshToken) && !client.HasGrant(ClientMetadata.AuthorizationCode) && !client.HasGrant(ClientMetadata.DeviceCode))
        {
            problems.Add(Invalid("grant_types", "refresh_token needs authorization_code or the device code grant beside it"));
        }

        // RFC 6749 §4.4: "MUST only be used by confidential clients".
        if (client.HasGrant(ClientMetadata.ClientCredentials) && client.IsPublic())
        {
            problems.Add(Invalid("grant_types", "client_credentials needs a client that authenticates (token_endpoint_auth_method other than none)"));
        }

        // RFC 8693 §5: whoever exchanges what others hold must be known.
        if (client.HasGrant(ClientMetadata.TokenExchange) && client.IsPublic())
        {
            problems.Add(Invalid("grant_types", "token-exchange needs a client that authenticates (token_endpoint_auth_method other than none)"));
        }

        for (var i = 0; i < client.ResponseTypes.Count; i++)
        {
            OneOf($"response_types[{i}]", client.ResponseTypes[i], ["code"], problems);
        }

        // RFC 7591 §2.1: grant and response types must agree.
        if (client.ResponseTypes.Contains("code") != client.HasGrant(ClientMetadata.AuthorizationCode))
        {
            problems.Add(Invalid("response_types", "code and the grant authorization_code need each other (RFC 7591 §2.1)"));
        }
    }

    private static void CheckAuthentication(ClientDefinition client, List<Problem> problems)
    {
        if (LaterAuthMethods.Contains(client.TokenEndpointAuthMethod))
        {
            problems.Add(Invalid("token_endpoint_auth_method", $"{client.TokenEndpointAuthMethod} is not supported yet; use one of {string.Join(", ", AuthMethods)}"));
        }
        else
        {
            OneOf("token_endpoint_auth_method", client.TokenEndpointAuthMethod, AuthMethods, problems);
        }

        if (client.ClientSecret is { } secret)
        {
            if (client.IsPublic())
            {
                problems.Add(Invalid("client_secret", "a client with token_endpoint_auth_method none has no secret"));
            }
            else if (secret.Length is < MinSecretLength or > MaxSecretLength || secret.Any(c => c is < ' ' or > '~'))
            {
                // RFC 6749 App. A.2: VSCHAR.
                problems.Add(Invalid("client_secret", $"must have {MinSecretLength} to {MaxSecretLength} printable ASCII characters"));
            }
        }

        // RFC 9700 §2.1.1: public clients MUST use PKCE.
        if (!client.RequirePkce && (client.IsPublic() || client.Profile == ClientMetadata.Fapi2))
        {
            problems.Add(Invalid("require_pkce", "cannot be switched off for public clients and for profile fapi2"));
        }
    }

    private static void CheckRedirects(ClientDefinition client, List<Problem> problems)
    {
        var interactive = client.HasGrant(ClientMetadata.AuthorizationCode);
        if (interactive && client.RedirectUris.Count == 0)
        {
            problems.Add(new(InvalidRedirectUri, "the grant authorization_code needs at least one", "redirect_uris"));
        }

        if (!interactive && client.RedirectUris.Count > 0)
        {
            problems.Add(new(InvalidRedirectUri, "only a client with the grant authorization_code has redirect URIs", "redirect_uris"));
        }

        CheckReturnAddresses("redirect_uris", client.RedirectUris, InvalidRedirectUri, client, problems);
        CheckReturnAddresses("post_logout_redirect_uris", client.PostLogoutRedirectUris, InvalidMetadata, client, problems);
    }

    private static void CheckReturnAddresses(string field, IReadOnlyList<string> uris, string code, ClientDefinition client, List<Problem> problems)
    {
        CheckCount(field, uris, problems);
        for (var i = 0; i < uris.Count; i++)
        {
            if (RedirectUris.Fault(uris[i], client.ApplicationType == ClientMetadata.Native) is { } fault)
            {
                problems.Add(new(code, fault, $"{field}[{i}]"));
            }
            else if (uris.Take(i).Contains(uris[i]))
            {
                problems.Add(new(code, "is given twice", $"{field}[{i}]"));
            }
        }
    }

    private static void CheckLinks(ClientDefinition client, List<Problem> problems)
    {
        foreach (var (field, uri) in new[]
        {
            ("client_uri", client.ClientUri), ("logo_uri", client.LogoUri), ("policy_uri", client.PolicyUri), ("tos_uri", client.TosUri),
            ("initiate_login_uri", client.InitiateLoginUri), ("jwks_uri", client.JwksUri),
            ("backchannel_logout_uri", client.BackchannelLogoutUri), ("frontchannel_logout_uri", client.FrontchannelLogoutUri),
        })
        {
            if (uri is not null && RedirectUris.LinkFault(uri) is { } fault)
            {
                problems.Add(Invalid(field, fault));
            }
        }
    }

    // What users see of the app: in further languages, and its colours (WCAG 2.2, 1.4.3).
    private static void CheckLooks(ClientDefinition client, List<Problem> problems)
    {
        foreach (var (name, member, text) in Localized.Check(client.Tagged, Localized.OfClients, problems).ToList())
        {
            if (member == "client_name")
            {
                CheckText(name, text, MaxNameLength, problems);
            }
            else if (RedirectUris.LinkFault(text) is { } fault)
            {
                problems.Add(Invalid(name, fault));
            }
        }

        problems.AddRange(Palette.Faults(client.Branding ?? new()).Select(fault => Invalid($"branding.{JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.Member)}", fault.Message)));
    }

    private static void CheckKeys(ClientDefinition client, List<Problem> problems)
    {
        if (client.Jwks is null)
        {
            return;
        }

        if (client.JwksUri is not null)
        {
            problems.Add(Invalid("jwks", "jwks and jwks_uri exclude each other (RFC 7591 §2)"));
        }

        if (client.Jwks["keys"] is not System.Text.Json.Nodes.JsonArray keys)
        {
            problems.Add(Invalid("jwks", "must be a JWK set: an object with the list keys (RFC 7517 §5)"));
            return;
        }

        for (var i = 0; i < keys.Count; i++)
        {
            // RFC 7517 §9: private and symmetric key members have no business in a registration.
            if (keys[i] is not System.Text.Json.Nodes.JsonObject key || key.ContainsKey("d") || key.ContainsKey("k"))
            {
                problems.Add(Invalid($"jwks.keys[{i}]", "must be a public key"));
            }
        }
    }

    private static void CheckProfile(ClientDefinition client, List<Problem> problems)
    {
        if (client.Profile != ClientMetadata.Fapi2)
        {
            return;
        }

        // FAPI 2.0 Security Profile §5.3.2: confidential clients, pushed requests, https.
        if (client.IsPublic())
        {
            problems.Add(Invalid("profile", "fapi2 needs a client that authenticates"));
        }

        if (!client.RequirePushedAuthorizationRequests && client.HasGrant(ClientMetadata.AuthorizationCode))
        {
            problems.Add(Invalid("require_pushed_authorization_requests", "must be true for profile fapi2"));
        }

        for (var i = 0; i < client.RedirectUris.Count; i++)
        {
            if (!client.RedirectUris[i].StartsWith("https://", StringComparison.Ordinal))
            {
                problems.Add(new(InvalidRedirectUri, "must use https for profile fapi2", $"redirect_uris[{i}]"));
            }
        }
    }

    private static void CheckCount(string field, IReadOnlyList<string> values, List<Problem> problems)
    {
        if (values.Count > MaxUris)
        {
            problems.Add(Invalid(field, $"must have at most {MaxUris} entries"));
        }
    }

    private static void OneOf(string field, string value, string[] allowed, List<Problem> problems)
    {
        if (!allowed.Contains(value, StringComparer.Ordinal))
        {
            problems.Add(Invalid(field, $"'{value}' is not one of {string.Join(", ", allowed)}"));
        }
    }

    private static Problem Invalid(string field, string message) => new(InvalidMetadata, message, field);

    [GeneratedRegex(@"\A[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ScopeList();
}
