using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Data;
using Quartz;

namespace OidcProvider.Webhooks;

/// <summary>Removes deliveries that are older than <c>Webhooks:KeepDeliveries</c>, and those of webhooks that are gone, in small batches.</summary>
[DisallowConcurrentExecution]
internal sealed class PruneWebhooksJob(AppDbContext database, TimeProvider time, IOptions<WebhooksOptions> options) : IJob
{
    public const string Schedule = "0 23 * * * ?";

    private const int Batch = 1000;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var (old, settled) = (now - options.Value.KeepDeliveries, now.AddMinutes(-5));
        while (await database.WebhookDeliveries.Where(row => row.CreatedAt < old).OrderBy(row => row.CreatedAt).Take(Batch).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }

        await database.WebhookDeliveries.Where(row => row.CreatedAt < settled && !database.Webhooks.Any(webhook => webhook.Id == row.WebhookId)).ExecuteDeleteAsync(cancellationToken);
    }
}
