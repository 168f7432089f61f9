namespace OidcProvider.Clients;

/// <summary>A client as it is registered. Its secret is not part of it.</summary>
internal sealed record RegisteredClient(Guid Id, ClientDefinition Definition, bool Disabled)
{
    public string ClientId => Definition.ClientId!;

    /// <summary>What people are shown.</summary>
    public string Name => Definition.ClientName ?? ClientId;
}

/// <summary>A fresh registration or a new secret; <see cref="GeneratedSecret"/> can be shown now and never again.</summary>
internal sealed record ClientRegistration(RegisteredClient Client, string? GeneratedSecret);
