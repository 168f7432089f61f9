using OidcProvider.Cli.Remote;
using OidcProvider.Hosting;
using OidcProvider.Keys;

namespace OidcProvider.Cli.Operations;

/// <summary>What the command line does with keys, here or on another server.</summary>
internal interface IKeyOperations
{
    Task<Result<IReadOnlyList<KeyView>>> ListAsync(CancellationToken cancellation);

    Task<Result<KeyView>> RotateAsync(string algorithm, CancellationToken cancellation);

    Task<Result<KeyView>> RevokeAsync(string kid, CancellationToken cancellation);
}

internal sealed class LocalKeys(KeyDesk desk) : IKeyOperations
{
    public static IKeyOperations Of(IServiceProvider services) => new LocalKeys(services.GetRequiredService<KeyDesk>());

    public async Task<Result<IReadOnlyList<KeyView>>> ListAsync(CancellationToken cancellation) => Result.Of(await desk.ListAsync(cancellation));

    public Task<Result<KeyView>> RotateAsync(string algorithm, CancellationToken cancellation) => desk.RotateAsync(algorithm, CliHost.Actor, cancellation);

    public Task<Result<KeyView>> RevokeAsync(string kid, CancellationToken cancellation) => desk.RevokeAsync(kid, CliHost.Actor, cancellation);
}

internal sealed class RemoteKeys(RemoteServer server) : IKeyOperations
{
    public static IKeyOperations Of(RemoteServer server) => new RemoteKeys(server);

    public Task<Result<IReadOnlyList<KeyView>>> ListAsync(CancellationToken cancellation) => server.ListAsync<KeyView>("keys", cancellation);

    public async Task<Result<KeyView>> RotateAsync(string algorithm, CancellationToken cancellation) =>
        (await server.PostAsync("keys", new { algorithm }, cancellation)).Then(answer => answer.Read<KeyView>());

    public async Task<Result<KeyView>> RevokeAsync(string kid, CancellationToken cancellation) =>
        (await server.DeleteAsync($"keys/{Uri.EscapeDataString(kid)}", cancellation)).Then(answer => answer.Read<KeyView>());
}
