namespace OidcProvider.Clients;

/// <summary>The client that this server brings for its playground: public, redirecting to the playground only, without scopes that administer.</summary>
internal static class PlaygroundClient
{
    public const string Id = $"{BuiltInClients.Prefix}playground", Page = "playground", Callback = "playground/callback";

    public static ClientDefinition Definition(Func<string, Uri> address) => new()
    {
        ClientId = Id,
        ClientName = "Playground",
        TokenEndpointAuthMethod = ClientMetadata.None,
        GrantTypes = [ClientMetadata.AuthorizationCode, ClientMetadata.RefreshToken, ClientMetadata.DeviceCode],
        RedirectUris = [address(Callback).AbsoluteUri],
        PostLogoutRedirectUris = [address(Page).AbsoluteUri],
        Scope = "openid profile email address phone roles offline_access",
    };
}
