using System.Net;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OidcProvider.Jobs;
using OidcProvider.Tokens;

namespace OidcProvider.Webhooks;

/// <summary>
/// Owns telling others of events: who is told of what, signing, sending with retries, giving up. Routes: none. Leaves to <c>Audit</c> writing down
/// what is owed in the transaction of the event, to <c>Admin</c> the pages and the API. Each event arrives at least once and in no promised order.
/// </summary>
internal static class WebhooksModule
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddValidatedOptions<WebhooksOptions>(WebhooksOptions.Section);
        services.AddScoped<WebhookRegistry>().AddScoped<WebhookSwitch>().AddScoped<WebhookDesk>().AddSingleton<WebhookSecrets>().AddSingleton<WebhookSender>().AddSingleton<WebhookRound>();
        services.AddHttpClient(WebhookSender.Client, client => client.Timeout = Patience)
            // The usual loggers write addresses, and an address may hold a secret.
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(provider => Callouts.CreateHandler(
                provider.GetRequiredService<IOptions<TokensOptions>>().Value.AllowLoopbackCallouts,
                [.. provider.GetRequiredService<IOptions<WebhooksOptions>>().Value.AllowedNetworks.Select(IPNetwork.Parse)]));
        return services.AddJob<DeliverWebhooksJob>(DeliverWebhooksJob.Schedule).AddJob<PruneWebhooksJob>(PruneWebhooksJob.Schedule);
    }
}
