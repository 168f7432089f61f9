using Quartz;

namespace OidcProvider.Webhooks;

/// <summary>Sends what webhooks are owed; of several nodes, one does.</summary>
[DisallowConcurrentExecution]
internal sealed class DeliverWebhooksJob(WebhookRound round) : IJob
{
    public const string Schedule = "1/2 * * * * ?";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await round.RunAsync(cancellationToken);
}
