using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Audit;

/// <summary>
/// Writes what webhooks are owed beside the audit record, through the caller's context: they commit together or not at all. Who wants which
/// events is held in memory, so that where there are no webhooks an event costs one look at an empty list. <c>Webhooks</c> sends what is owed.
/// </summary>
internal sealed class WebhookOutbox(IServiceScopeFactory scopes, TimeProvider time) : IHeldInMemory
{
    private volatile IReadOnlyList<Subscription>? _subscriptions;

    private sealed record Subscription(Guid Webhook, string[] Patterns);

    public void Append(AppDbContext database, AuditRecord record)
    {
        var subscriptions = _subscriptions ?? Load();
        for (var i = 0; i < subscriptions.Count; i++)
        {
            if (Array.Exists(subscriptions[i].Patterns, pattern => EventKinds.Asks(pattern, record.Event)))
            {
                database.WebhookDeliveries.Add(Delivery(subscriptions[i].Webhook, record.Event, record.At, record));
            }
        }
    }

    /// <summary>A delivery that is due now.</summary>
    public WebhookDelivery Delivery(Guid webhook, string type, DateTime at, AuditRecord? record)
    {
        var (id, now) = (Guid.CreateVersion7(time.GetUtcNow()), time.GetUtcNow().UtcDateTime);
        return new WebhookDelivery
        {
            Id = id, WebhookId = webhook, Event = type, CreatedAt = now, NextTryAt = now,
            Payload = EventPayload.Write(id, type, at, record is null ? new() { ["message"] = "This is a test." } : EventPayload.DataOf(record)),
        };
    }

    /// <summary>Forgets who wants what; the next event reads it anew.</summary>
    public void Invalidate() => _subscriptions = null;

    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        _subscriptions = Read(await Wanted(scope.ServiceProvider).ToListAsync(cancellation));
    }

    // Once in the life of a process, and after a change made here; appending has nothing to wait for otherwise.
    private IReadOnlyList<Subscription> Load()
    {
        using var scope = scopes.CreateScope();
        return _subscriptions = Read([.. Wanted(scope.ServiceProvider)]);
    }

    private static IQueryable<Webhook> Wanted(IServiceProvider services) => services.GetRequiredService<AppDbContext>().Webhooks.AsNoTracking().Where(row => row.DisabledAt == null);

    private static IReadOnlyList<Subscription> Read(List<Webhook> rows) => [.. rows.Select(row => new Subscription(row.Id, row.Events.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}
