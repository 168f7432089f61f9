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

    public async Task<Problem?> RemoveAsync(Guid id, CancellationToken cancellation) =>
        await registry.RemoveAsync(id, CliHost.Actor, cancellation) ? null : new Problem(WebhookRegistry.NotFound, "there is no such webhook", "id");

    public Task<Result<DeliveryView>> TestAsync(Guid id, CancellationToken cancellation) => desk.SendTestAsync(id, cancellation);
}

internal sealed class RemoteWebhooks(RemoteServer server) : IWebhookOperations
{
    public static IWebhookOperations Of(RemoteServer server) => new RemoteWebhooks(server);

    public Task<Result<IReadOnlyList<WebhookView>>> ListAsync(CancellationToken cancellation) => server.ListAsync<WebhookView>("webhooks", cancellation);

    public async Task<Result<IssuedWebhook>> AddAsync(WebhookBody wanted, CancellationToken cancellation) => (await server.PostAsync("webhooks", wanted, cancellation)).Then(answer => answer.Read<IssuedWebhook>());

    public Task<Problem?> RemoveAsync(Guid id, CancellationToken cancellation) => server.RemoveAsync($"webhooks/{id}", cancellation);

    public async Task<Result<DeliveryView>> TestAsync(Guid id, CancellationToken cancellation) =>
        (await server.PostAsync($"webhooks/{id}/test", cancellation)).Then(answer => answer.Read<DeliveryView>());
}
