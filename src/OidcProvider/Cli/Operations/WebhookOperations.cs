using OidcProvider.Admin.Webhooks;
using OidcProvider.Cli.Remote;
using OidcProvider.Hosting;
using OidcProvider.Webhooks;

namespace OidcProvider.Cli.Operations;

/// <summary>What the command line does with webhooks, here or on another server.</summary>
internal interface IWebhookOperations
{
    Task<Result<IReadOnlyList<WebhookView>>> ListAsync(CancellationToken cancellation);

    /// <summary>The secret is in the answer this once.</summary>
    Task<Result<IssuedWebhook>> AddAsync(WebhookBody wanted, CancellationToken cancellation);

    Task<Problem?> RemoveAsync(Guid id, CancellationToken cancellation);

    Task<Result<DeliveryView>> TestAsync(Guid id, CancellationToken cancellation);
}

internal sealed class LocalWebhooks(WebhookRegistry registry, WebhookDesk desk) : IWebhookOperations
{
    public static IWebhookOperations Of(IServiceProvider services) => ActivatorUtilities.CreateInstance<LocalWebhooks>(services);

    public async Task<Result<IReadOnlyList<WebhookView>>> ListAsync(CancellationToken cancellation) => Result.Of(await registry.ListAsync(cancellation));

    public Task<Result<IssuedWebhook>> AddAsync(WebhookBody wanted, CancellationToken cancellation) => registry.AddAsync(wanted.AsRequest(), CliHost.Actor, cancellation);

    public Task<Problem?> RemoveAsync(Guid id, CancellationToken cancellation) => registry.RemoveAsync(id, CliHost.Actor, cancellation: cancellation);

    public Task<Result<DeliveryView>> TestAsync(Guid id, CancellationToken cancellation) => desk.SendTestAsync(id, cancellation);
}

internal sealed class RemoteWebhooks(RemoteServer server) : IWebhookOperations
{
    public static IWebhookOperations Of(RemoteServer server) => new RemoteWebhooks(server);

    public Task<Result<IReadOnlyList<WebhookView>>> ListAsync(CancellationToken cancellation) => server.ListAsync<WebhookView>("webhooks", cancellation);

    public async Task<Result<IssuedWebhook>> AddAsync(WebhookBody wanted, CancellationToken cancellation) => (await server.PostAsync("webhooks", wanted, cancellation)).Then(answer => answer.Read<IssuedWebhook>());

    public async Task<Problem?> RemoveAsync(Guid id, CancellationToken cancellation)
    {
        var read = await server.GetAsync($"webhooks/{id}", cancellation);
        return read.Succeeded ? await server.RemoveAsync($"webhooks/{id}", cancellation, read.Value.Version) : read.Problems[0];
    }

    public async Task<Result<DeliveryView>> TestAsync(Guid id, CancellationToken cancellation) =>
        (await server.PostAsync($"webhooks/{id}/test", cancellation)).Then(answer => answer.Read<DeliveryView>());
}
