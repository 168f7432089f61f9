using OidcProvider.Clients;

namespace OidcProvider.Admin.Clients;

/// <summary>What kind of application is registered: what follows from that, and what is left to ask.</summary>
internal sealed record ClientKind(string Key, string Title, string Words, ClientDefinition Preset, IReadOnlyList<ClientField> Asked);

/// <summary>The kinds that the wizard knows. Each is a good client from the start.</summary>
internal static class ClientKinds
{
    private const string SignIn = "openid profile email";

    private static readonly ClientField Loopback = ClientFields.Redirects with { Hint = "One a line. 127.0.0.1 without a port fits any port the app opens (RFC 8252)." };
    private static readonly ClientField PlainScope = ClientFields.Scope with { Hint = "Separated by spaces: those of the APIs that it calls." };

    private static readonly ClientDefinition
        Confidential = new() { GrantTypes = ["authorization_code", "refresh_token"], Scope = SignIn },
        Native = new() { GrantTypes = ["authorization_code", "refresh_token"], Scope = SignIn, TokenEndpointAuthMethod = ClientMetadata.None, ApplicationType = ClientMetadata.Native, RedirectUris = ["http://127.0.0.1/callback"] };

    public static readonly IReadOnlyList<ClientKind> All =
    [
        new("web", "Web app", "Runs on a server and keeps a secret there: ASP.NET Core, Rails, Django, Next.js.", Confidential,
            [ClientFields.Name, ClientFields.Id, ClientFields.Redirects, ClientFields.PostLogout, ClientFields.Scope]),
        new("bff", "Single-page app with a backend", "The backend keeps the tokens, the browser only a cookie (BFF). Better than tokens in the browser.", Confidential with { RequirePushedAuthorizationRequests = true },
            [ClientFields.Name, ClientFields.Id, ClientFields.Redirects, ClientFields.PostLogout, ClientFields.Scope]),
        new("spa", "Single-page app", "Runs in the browser alone and holds its tokens there.", new() { Scope = SignIn, TokenEndpointAuthMethod = ClientMetadata.None },
            [ClientFields.Name, ClientFields.Id, ClientFields.Redirects, ClientFields.PostLogout, ClientFields.Scope]),
        new("native", "Native app or command line", "Runs on a person's device and opens their browser to sign in.", Native,
            [ClientFields.Name, ClientFields.Id, Loopback, ClientFields.Scope]),
        new("device", "Device", "Has no browser: a television, a console. People sign in on their phone with a code.",
            new() { GrantTypes = [ClientMetadata.DeviceCode, ClientMetadata.RefreshToken], Scope = SignIn, TokenEndpointAuthMethod = ClientMetadata.None, ApplicationType = ClientMetadata.Native },
            [ClientFields.Name, ClientFields.Id, ClientFields.Scope]),
        new("service", "Service", "Acts for itself, without a person: a job, a backend that calls an API.", new() { GrantTypes = [ClientMetadata.ClientCredentials] },
            [ClientFields.Name, ClientFields.Id, PlainScope]),
        new("mcp", "MCP client", "An agent that people connect to tools over the Model Context Protocol. People are always asked.", Native with { Scope = "openid" },
            [ClientFields.Name, ClientFields.Id, ClientFields.Uri, Loopback, PlainScope]),
    ];

    public static ClientKind? Find(string? key) => All.FirstOrDefault(kind => kind.Key == key);
}
