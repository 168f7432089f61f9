using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>The client that this server brings for its own command line: public, device grant only, for people who administer.</summary>
internal static class CommandLineClient
{
    public const string Id = $"{BuiltInClients.Prefix}cli";

    public static ClientDefinition Definition => new()
    {
        ClientId = Id,
        ClientName = "OidcProvider command line",
        ApplicationType = ClientMetadata.Native,
        TokenEndpointAuthMethod = ClientMetadata.None,
        GrantTypes = [ClientMetadata.DeviceCode, ClientMetadata.RefreshToken],
        Scope = $"openid profile email roles offline_access {string.Join(' ', Permissions.All.Keys)}",
    };
}
