namespace OidcProvider.Admin.Clients;

/// <summary>How a metadata value is typed in.</summary>
internal enum FieldKind
{
    Text,
    Url,
    Number,
    Flag,
    Choice,

    /// <summary>Several of a few.</summary>
    Many,

    /// <summary>One a line.</summary>
    Lines,
}

/// <summary>One metadata member as a form shows it. Its name is the RFC 7591 name, in the form as everywhere.</summary>
internal sealed record ClientField(string Name, string Label, FieldKind Kind = FieldKind.Text, string? Hint = null, IReadOnlyList<(string Value, string Words)>? Options = null);

/// <summary>The members that the pages offer, in groups. What is rarer is for the API and the file.</summary>
internal static class ClientFields
{
    public static readonly ClientField
        Id = new("client_id", "Client ID", Hint: "Leave empty to have one made."),
        Name = new("client_name", "Name", Hint: "What people see when they are asked."),
        Uri = new("client_uri", "Home page", FieldKind.Url),
        Redirects = new("redirect_uris", "Redirect URIs", FieldKind.Lines, "One a line. Compared character by character; only the port of a native app's loopback address is free."),
        PostLogout = new("post_logout_redirect_uris", "Redirect URIs after sign-out", FieldKind.Lines, "One a line."),
        Scope = new("scope", "Scopes", Hint: "Separated by spaces. The client may ask for these and no others."),
        Grants = new("grant_types", "Grants", FieldKind.Many, Options:
        [
            ("authorization_code", "Authorization code: people sign in"), ("refresh_token", "Refresh token: stay signed in"),
            ("client_credentials", "Client credentials: the client acts for itself"), ("urn:ietf:params:oauth:grant-type:device_code", "Device code: people sign in on another device"),
        ]),
        Method = new("token_endpoint_auth_method", "How the client proves itself", FieldKind.Choice, Options:
        [
            ("client_secret_basic", "Secret in the header (client_secret_basic)"), ("client_secret_post", "Secret in the body (client_secret_post)"), ("none", "Not at all: a public client (none)"),
        ]),
        Type = new("application_type", "Runs", FieldKind.Choice, Options: [("web", "In a browser or on a server (web)"), ("native", "On a device (native)")]),
        Profile = new("profile", "Profile", FieldKind.Choice, Options: [("oauth21", "OAuth 2.1"), ("oidc", "OpenID Connect"), ("fapi2", "FAPI 2.0")]),
        Consent = new("consent", "Consent", FieldKind.Choice, "A client of your own needs none; ask for all others.", [("explicit", "People are asked"), ("implicit", "Nobody is asked")]),
        Pkce = new("require_pkce", "Require PKCE", FieldKind.Flag),
        Pushed = new("require_pushed_authorization_requests", "Require pushed authorization requests (PAR)", FieldKind.Flag);

    public static readonly IReadOnlyList<(string Title, IReadOnlyList<ClientField> Fields)> Settings =
    [
        ("What people see", [Name, Uri, new("logo_uri", "Logo", FieldKind.Url), new("policy_uri", "Privacy policy", FieldKind.Url), new("tos_uri", "Terms", FieldKind.Url), new("contacts", "Contacts", FieldKind.Lines, "One e-mail address a line.")]),
        ("What it may do", [Grants, Scope, Consent, Type]),
        ("How it is protected", [Method, Profile, Pkce, Pushed, new("id_token_signed_response_alg", "ID token algorithm", FieldKind.Choice, Options: [("", "The server's default"), ("RS256", "RS256"), ("PS256", "PS256"), ("ES256", "ES256")])]),
        ("How long", [new("access_token_lifetime", "Access tokens live", Hint: "As d.hh:mm:ss; empty for the server's default."), new("refresh_token_lifetime", "Refresh tokens live without use", Hint: "As d.hh:mm:ss; empty for the server's default."), new("default_max_age", "Ask for a new sign-in after", FieldKind.Number, "Seconds.")]),
        ("Signing out", [new("backchannel_logout_uri", "Back-channel logout address", FieldKind.Url), new("frontchannel_logout_uri", "Front-channel logout address", FieldKind.Url)]),
    ];

    public static readonly IReadOnlyList<ClientField> Addresses = [Redirects, PostLogout];
}
