using OidcProvider.Cli.Remote;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Cli.Operations;

/// <summary>A client as the command line shows it. <paramref name="Secret"/> only when it was just made; <paramref name="Version"/> names what was read.</summary>
internal sealed record ShownClient(ClientDefinition Definition, bool Disabled, string? Secret = null, string? Version = null)
{
    public string ClientId => Definition.ClientId!;
}

/// <summary>What the command line does with clients, here or on another server.</summary>
internal interface IClientOperations
{
    Task<Result<IReadOnlyList<ShownClient>>> ListAsync(string? search, CancellationToken cancellation);

    Task<Result<ShownClient>> FindAsync(string id, CancellationToken cancellation);

    Task<Result<ShownClient>> AddAsync(ClientDefinition wanted, CancellationToken cancellation);

    /// <summary>Refused when the client is no longer the one that was read.</summary>
    Task<Result<ShownClient>> UpdateAsync(ShownClient read, ClientDefinition wanted, CancellationToken cancellation);

    Task<Problem?> RemoveAsync(ShownClient read, CancellationToken cancellation);

    Task<Result<ShownClient>> SwitchAsync(string id, bool enabled, CancellationToken cancellation);

    Task<Result<ShownClient>> RotateSecretAsync(string id, TimeSpan grace, CancellationToken cancellation);

    Task<Result<IReadOnlyList<SecretView>>> SecretsAsync(string id, CancellationToken cancellation);

    Task<Result<NewSecret>> AddSecretAsync(string id, string? description, DateTime? expiresAt, CancellationToken cancellation);

    Task<Problem?> RemoveSecretAsync(string id, Guid secret, CancellationToken cancellation);
}

internal sealed class LocalClients(ClientRegistry registry, ClientSecretDesk secrets) : IClientOperations
{
    public static IClientOperations Of(IServiceProvider services) => new LocalClients(services.GetRequiredService<ClientRegistry>(), services.GetRequiredService<ClientSecretDesk>());

    public async Task<Result<IReadOnlyList<ShownClient>>> ListAsync(string? search, CancellationToken cancellation) =>
        Result.Of<IReadOnlyList<ShownClient>>([.. (await registry.ListAsync(search, 0, int.MaxValue, cancellation)).Select(Shown)]);

    public async Task<Result<ShownClient>> FindAsync(string id, CancellationToken cancellation) =>
        await registry.FindAsync(id, cancellation) is { } client ? Shown(client) : ClientRegistry.Unknown(id);

    public async Task<Result<ShownClient>> AddAsync(ClientDefinition wanted, CancellationToken cancellation) => Shown(await registry.RegisterAsync(wanted, CliHost.Actor, cancellation));

    public async Task<Result<ShownClient>> UpdateAsync(ShownClient read, ClientDefinition wanted, CancellationToken cancellation) =>
        Shown(await registry.UpdateAsync(wanted, CliHost.Actor, read.Version, cancellation));

    public Task<Problem?> RemoveAsync(ShownClient read, CancellationToken cancellation) => registry.RemoveAsync(read.ClientId, CliHost.Actor, read.Version, cancellation);

    public async Task<Result<ShownClient>> SwitchAsync(string id, bool enabled, CancellationToken cancellation) =>
        Shown(await (enabled ? registry.EnableAsync(id, CliHost.Actor, cancellation) : registry.DisableAsync(id, CliHost.Actor, cancellation)));

    public async Task<Result<ShownClient>> RotateSecretAsync(string id, TimeSpan grace, CancellationToken cancellation) => Shown(await secrets.RotateAsync(id, grace, CliHost.Actor, cancellation));

    public async Task<Result<IReadOnlyList<SecretView>>> SecretsAsync(string id, CancellationToken cancellation) =>
        (await secrets.ListAsync(id, cancellation)).Then(list => (IReadOnlyList<SecretView>)list);

    public Task<Result<NewSecret>> AddSecretAsync(string id, string? description, DateTime? expiresAt, CancellationToken cancellation) => secrets.AddAsync(id, description, expiresAt, CliHost.Actor, cancellation);

    public Task<Problem?> RemoveSecretAsync(string id, Guid secret, CancellationToken cancellation) => secrets.RemoveAsync(id, secret, CliHost.Actor, cancellation);

    private static Result<ShownClient> Shown(Result<ClientRegistration> made) => made.Then(value => Shown(value.Client) with { Secret = value.GeneratedSecret });

    private static ShownClient Shown(RegisteredClient client) => new(client.Definition, client.Disabled, Version: client.Version);
}

internal sealed class RemoteClients(RemoteServer server) : IClientOperations
{
    public static IClientOperations Of(RemoteServer server) => new RemoteClients(server);

    public async Task<Result<IReadOnlyList<ShownClient>>> ListAsync(string? search, CancellationToken cancellation) =>
        await server.ListAsync(RemoteLists.With("clients", "q", search), Shown, cancellation);

    public async Task<Result<ShownClient>> FindAsync(string id, CancellationToken cancellation) => Shown(await server.GetAsync(Path(id), cancellation));

    public async Task<Result<ShownClient>> AddAsync(ClientDefinition wanted, CancellationToken cancellation) => Shown(await server.PostAsync("clients", wanted, cancellation));

    public async Task<Result<ShownClient>> UpdateAsync(ShownClient read, ClientDefinition wanted, CancellationToken cancellation) =>
        Shown(await server.SendAsync(HttpMethod.Put, Path(read.ClientId), ClientJson.Write(wanted), read.Version, cancellation));

    public Task<Problem?> RemoveAsync(ShownClient read, CancellationToken cancellation) => server.RemoveAsync(Path(read.ClientId), cancellation, read.Version);

    public async Task<Result<ShownClient>> SwitchAsync(string id, bool enabled, CancellationToken cancellation) =>
        Shown(await server.PostAsync($"{Path(id)}/{(enabled ? "enable" : "disable")}", cancellation));

    public async Task<Result<ShownClient>> RotateSecretAsync(string id, TimeSpan grace, CancellationToken cancellation) => Shown(await server.PostAsync($"{Path(id)}/secrets/rotate", new { grace }, cancellation));

    public Task<Result<IReadOnlyList<SecretView>>> SecretsAsync(string id, CancellationToken cancellation) => server.ListAsync<SecretView>($"{Path(id)}/secrets", cancellation);

    public async Task<Result<NewSecret>> AddSecretAsync(string id, string? description, DateTime? expiresAt, CancellationToken cancellation) =>
        (await server.PostAsync($"{Path(id)}/secrets", new { description, expires_at = expiresAt }, cancellation)).Then(answer => answer.Read<NewSecret>());

    public Task<Problem?> RemoveSecretAsync(string id, Guid secret, CancellationToken cancellation) => server.RemoveAsync($"{Path(id)}/secrets/{secret}", cancellation);

    // Ids may be addresses: one segment, percent-encoded.
    private static string Path(string id) => $"clients/{Uri.EscapeDataString(id)}";

    private static Result<ShownClient> Shown(Result<RemoteAnswer> answered) => answered.Then(answer => Shown(answer) with { Version = answer.Version });

    private static ShownClient Shown(RemoteAnswer answer)
    {
        var definition = answer.Read<ClientDefinition>();
        return new ShownClient(definition with { ClientSecret = null }, (bool?)answer.Json!["disabled"] ?? false, definition.ClientSecret);
    }
}
