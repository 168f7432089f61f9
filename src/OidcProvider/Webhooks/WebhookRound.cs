using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Data;

namespace OidcProvider.Webhooks;

/// <summary>
/// One round of sending what is due: webhooks side by side, the messages of one after the other, each taken by one node for a while first. When
/// one message does not arrive, the webhook's others wait too: a dead receiver is not asked a thousand times, and holds nobody else up.
/// </summary>
internal sealed class WebhookRound(IServiceScopeFactory scopes, WebhookSender sender, TimeProvider time, IOptions<WebhooksOptions> options, ILogger<WebhookRound> logger)
{
    private const int MostWebhooks = 50, Batch = 20, SideBySide = 8;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1), Pause = TimeSpan.FromSeconds(30);

    public async Task RunAsync(CancellationToken cancellation)
    {
        List<Guid> due;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            var now = time.GetUtcNow().UtcDateTime;
            // Whoever has waited longest comes first: with more webhooks than a round takes, each has its turn.
            due = await database.WebhookDeliveries.Where(row => row.DeliveredAt == null && row.NextTryAt <= now && database.Webhooks.Any(webhook => webhook.Id == row.WebhookId && webhook.DisabledAt == null))
                .GroupBy(row => row.WebhookId).OrderBy(rows => rows.Min(row => row.NextTryAt)).Select(rows => rows.Key).Take(MostWebhooks).ToListAsync(cancellation);
        }

        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellation }, async (webhook, stop) => await RunAsync(webhook, stop));
    }

    private async Task RunAsync(Guid id, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        if (await database.Webhooks.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.DisabledAt == null, cancellation) is not { } webhook)
        {
            return;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var due = await database.WebhookDeliveries.AsNoTracking().Where(row => row.WebhookId == id && row.DeliveredAt == null && row.NextTryAt <= now)
            .OrderBy(row => row.NextTryAt).ThenBy(row => row.Id).Take(Batch).ToListAsync(cancellation);
        foreach (var delivery in due)
        {
            var lease = time.GetUtcNow().UtcDateTime + Lease;
            if (await database.WebhookDeliveries.Where(row => row.Id == delivery.Id && row.DeliveredAt == null && row.NextTryAt <= now)
                    .ExecuteUpdateAsync(update => update.SetProperty(row => row.NextTryAt, lease).SetProperty(row => row.Tries, row => row.Tries + 1), cancellation) == 1
                && !await SendAsync(scope.ServiceProvider, database, webhook, delivery, cancellation))
            {
                return;
            }
        }
    }

    private async Task<bool> SendAsync(IServiceProvider services, AppDbContext database, Webhook webhook, WebhookDelivery delivery, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var outcome = await sender.SendAsync(webhook, delivery, cancellation);
        var (now, took) = (time.GetUtcNow().UtcDateTime, (int)time.GetElapsedTime(started).TotalMilliseconds);
        var row = database.WebhookDeliveries.Where(candidate => candidate.Id == delivery.Id);
        if (outcome.Arrived)
        {
            await row.ExecuteUpdateAsync(update => update.SetProperty(d => d.DeliveredAt, now).SetProperty(d => d.TriedAt, now)
                .SetProperty(d => d.LastStatus, outcome.Status).SetProperty(d => d.LastError, (string?)null).SetProperty(d => d.LastDuration, took), CancellationToken.None);
            if (webhook.FailingSince is not null)
            {
                await database.Webhooks.Where(hook => hook.Id == webhook.Id).ExecuteUpdateAsync(update => update.SetProperty(hook => hook.FailingSince, (DateTime?)null), CancellationToken.None);
                webhook.FailingSince = null;
            }

            return true;
        }

        var wait = WebhookSchedule.Wait(delivery.Tries + 1, outcome.RetryAfter, RandomNumberGenerator.GetInt32(1000) / 1000.0);
        var next = wait is { } span ? now + span : WebhookSchedule.Never;
        logger.LogWarning("Webhook {Webhook} did not take a message at try {Try}: {Reason}", webhook.Id, delivery.Tries + 1, outcome.Error);
        // Who took so long that another node has tried meanwhile has nothing to say any more.
        var mine = delivery.Tries + 1;
        await row.Where(d => d.Tries == mine && d.DeliveredAt == null).ExecuteUpdateAsync(update => update.SetProperty(d => d.NextTryAt, next).SetProperty(d => d.TriedAt, now).SetProperty(d => d.FailedAt, wait == null ? now : (DateTime?)null)
            .SetProperty(d => d.LastStatus, outcome.Status).SetProperty(d => d.LastError, outcome.Error).SetProperty(d => d.LastDuration, took), CancellationToken.None);
        await FailedAsync(services, database, webhook, outcome, now);
        return false;
    }

    private async Task FailedAsync(IServiceProvider services, AppDbContext database, Webhook webhook, Outcome outcome, DateTime now)
    {
        await database.Webhooks.Where(hook => hook.Id == webhook.Id && hook.FailingSince == null).ExecuteUpdateAsync(update => update.SetProperty(hook => hook.FailingSince, now), CancellationToken.None);
        var pause = now + Pause;
        await database.WebhookDeliveries.Where(row => row.WebhookId == webhook.Id && row.DeliveredAt == null && row.NextTryAt <= now)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.NextTryAt, pause), CancellationToken.None);
        // 410 is how a receiver says that it wants no more (Standard Webhooks).
        if (outcome.Status == StatusCodes.Status410Gone)
        {
            await services.GetRequiredService<WebhookSwitch>().OffAsync(webhook, WebhookSwitch.Gone);
        }
        else if (webhook.FailingSince + options.Value.DisableAfter <= now)
        {
            await services.GetRequiredService<WebhookSwitch>().OffAsync(webhook, WebhookSwitch.Failing);
        }
    }
}
