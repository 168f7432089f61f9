using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Webhooks;

/// <summary>The log of deliveries: look, send once more, send a test.</summary>
internal sealed class WebhookDesk(AppDbContext database, WebhookOutbox outbox, TimeProvider time)
{
    public const string NotFound = "delivery_not_found", SwitchedOff = "webhook_off";

    /// <summary>Newest first. <paramref name="after"/> is the last one of the page before.</summary>
    public async Task<IReadOnlyList<DeliveryView>> ListAsync(Guid webhook, string? state, (DateTime CreatedAt, Guid Id)? after, int take, CancellationToken cancellation = default)
    {
        var rows = database.WebhookDeliveries.AsNoTracking().Where(row => row.WebhookId == webhook);
        rows = state switch
        {
            DeliveryView.Waiting => rows.Where(row => row.DeliveredAt == null && row.FailedAt == null),
            DeliveryView.Delivered => rows.Where(row => row.DeliveredAt != null),
            DeliveryView.GivenUp => rows.Where(row => row.FailedAt != null),
            _ => rows,
        };
        if (after is var (at, id))
        {
            rows = rows.Where(row => row.CreatedAt < at || (row.CreatedAt == at && row.Id.CompareTo(id) < 0));
        }

        return [.. (await rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Take(take).ToListAsync(cancellation)).Select(DeliveryView.Of)];
    }

    public async Task<Result<DeliveryView>> SendTestAsync(Guid webhook, CancellationToken cancellation = default)
    {
        if (await FaultAsync(webhook, cancellation) is { } fault)
        {
            return fault;
        }

        var row = outbox.Delivery(webhook, EventKinds.Test, time.GetUtcNow().UtcDateTime, record: null);
        database.WebhookDeliveries.Add(row);
        await database.SaveChangesAsync(cancellation);
        return DeliveryView.Of(row);
    }

    /// <summary>Sends a message once more, under the same id: a receiver that has it knows it.</summary>
    public async Task<Result<DeliveryView>> RedeliverAsync(Guid webhook, Guid delivery, CancellationToken cancellation = default)
    {
        if (await FaultAsync(webhook, cancellation) is { } fault)
        {
            return fault;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var changed = await database.WebhookDeliveries.Where(row => row.Id == delivery && row.WebhookId == webhook).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.NextTryAt, now).SetProperty(row => row.Tries, 0).SetProperty(row => row.DeliveredAt, (DateTime?)null).SetProperty(row => row.FailedAt, (DateTime?)null), cancellation);
        return changed == 0 ? new Problem(NotFound, "there is no such delivery", "id") : DeliveryView.Of(await database.WebhookDeliveries.AsNoTracking().SingleAsync(row => row.Id == delivery, cancellation));
    }

    private async Task<Problem?> FaultAsync(Guid webhook, CancellationToken cancellation) =>
        await database.Webhooks.AsNoTracking().SingleOrDefaultAsync(row => row.Id == webhook, cancellation) is not { } row ? WebhookRegistry.Unknown
        : row.DisabledAt is not null ? new(SwitchedOff, "the webhook is off; switch it on first")
        : null;
}
