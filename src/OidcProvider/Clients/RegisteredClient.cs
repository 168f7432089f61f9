using OidcProvider.Data;

namespace OidcProvider.Clients;

/// <summary>A client as it is registered. Its secrets are not part of it.</summary>
internal sealed record RegisteredClient(Guid Id, ClientDefinition Definition, bool Disabled)
{
    public string ClientId => Definition.ClientId!;

    /// <summary>What people are shown.</summary>
    public string Name => Definition.ClientName ?? ClientId;

    /// <summary>Another one at every change; a change may ask for the one it has seen.</summary>
    public string Version { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public static RegisteredClient Of(Client row) => new(row.Id, ClientJson.ReadStored(row.Definition), row.DisabledAt is not null)
    {
        Version = row.ConcurrencyToken ?? "", CreatedAt = row.CreatedAt, UpdatedAt = row.UpdatedAt,
    };
}

/// <summary>A fresh registration or a new secret; <see cref="GeneratedSecret"/> can be shown now and never again.</summary>
internal sealed record ClientRegistration(RegisteredClient Client, string? GeneratedSecret);
