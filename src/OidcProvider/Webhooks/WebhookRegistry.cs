using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Tokens;

namespace OidcProvider.Webhooks;

/// <summary>The only way in for webhooks: registers, changes and removes them, with the audit record in the same commit. Other nodes see it within a second.</summary>
internal sealed class WebhookRegistry(AppDbContext database, WebhookSecrets secrets, AuditLog audit, WebhookOutbox outbox, TimeProvider time, IServiceProvider services)
{
    public const string NotFound = "webhook_not_found", Changed = "webhook_changed", TooMany = "too_many_webhooks";

    public static readonly Problem Unknown = new(NotFound, "there is no such webhook", "id");

    private static readonly Problem Overtaken = new(Changed, "it was changed by someone else meanwhile; read it again");

    private WebhooksOptions Options => services.GetRequiredService<IOptions<WebhooksOptions>>().Value;

    public async Task<IReadOnlyList<WebhookView>> ListAsync(CancellationToken cancellation = default) =>
        [.. (await database.Webhooks.AsNoTracking().OrderBy(row => row.CreatedAt).ThenBy(row => row.Id).ToListAsync(cancellation)).Select(WebhookView.Of)];

    public async Task<WebhookView?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        await database.Webhooks.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellation) is { } row ? WebhookView.Of(row) : null;

    public async Task<Result<IssuedWebhook>> AddAsync(WebhookRequest asked, string actor, CancellationToken cancellation = default)
    {
        var problems = Check(asked);
        if (await database.Webhooks.CountAsync(cancellation) >= Options.Most)
        {
            problems.Add(new(TooMany, $"there are {Options.Most} webhooks already"));
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var row = new Webhook { Id = Guid.CreateVersion7(time.GetUtcNow()), CreatedAt = now };
        var (secret, kept) = secrets.Create(row.Id, asked.Secret);
        row.SealedSecret = kept;
        Write(row, asked);
        (row.UpdatedAt, row.Version) = (now, Guid.NewGuid().ToString("N"));
        database.Webhooks.Add(row);
        await SaveAsync(AuditEvents.WebhookAdded, actor, row.Id, AuditChange.Of(null, Described(row)), cancellation);
        return new IssuedWebhook(secret, WebhookView.Of(row));
    }

    /// <summary>Makes address, description and events what is asked. A secret that is asked for and is another one takes the place of the old one as by <see cref="RotateSecretAsync"/>.</summary>
    /// <param name="id">The webhook.</param>
    /// <param name="asked">What it shall be.</param>
    /// <param name="version">The version that was read; null does not ask.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellation">Cancels.</param>
    public async Task<Result<WebhookView>> UpdateAsync(Guid id, WebhookRequest asked, string? version, string actor, CancellationToken cancellation = default)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        var updated = await ChangeAsync(id, version, row =>
        {
            var problems = Check(asked);
            if (problems.Count > 0)
            {
                return problems;
            }

            var before = Described(row);
            Write(row, asked);
            return (AuditEvents.WebhookUpdated, AuditChange.Of(before, Described(row)));
        }, actor, cancellation);
        if (updated.Succeeded && asked.Secret is { } secret && !await HasSecretAsync(id, secret, cancellation))
        {
            updated = (await RotateAsync(id, secret, actor, cancellation)).Then(issued => issued.Webhook);
        }

        if (updated.Succeeded)
        {
            await CommitAsync(work);
        }

        return updated;
    }

    /// <summary>A new secret. The old one signs beside it for <c>Webhooks:SecretOverlap</c>.</summary>
    public Task<Result<IssuedWebhook>> RotateSecretAsync(Guid id, string actor, CancellationToken cancellation = default) => RotateAsync(id, null, actor, cancellation);

    /// <summary>Whether a webhook signs with this secret.</summary>
    public async Task<bool> HasSecretAsync(Guid id, string secret, CancellationToken cancellation = default) =>
        await database.Webhooks.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellation) is { } row && secrets.Is(row, secret);

    private async Task<Result<IssuedWebhook>> RotateAsync(Guid id, string? chosen, string actor, CancellationToken cancellation)
    {
        var (text, kept) = secrets.Create(id, chosen);
        var changed = await ChangeAsync(id, null, row =>
        {
            (row.SealedPreviousSecret, row.PreviousSecretUntil, row.SealedSecret) = (row.SealedSecret, time.GetUtcNow().UtcDateTime + Options.SecretOverlap, kept);
            return (AuditEvents.WebhookSecretRotated, (string?)null);
        }, actor, cancellation);
        return changed.Succeeded ? new IssuedWebhook(text, changed.Value) : changed.Problems[0];
    }

    public Task<Result<WebhookView>> SwitchAsync(Guid id, bool on, string actor, CancellationToken cancellation = default) => ChangeAsync(id, null, row =>
    {
        (row.DisabledAt, row.DisabledReason, row.FailingSince) = (on ? null : row.DisabledAt ?? time.GetUtcNow().UtcDateTime, null, null);
        return (on ? AuditEvents.WebhookEnabled : AuditEvents.WebhookDisabled, (string?)null);
    }, actor, cancellation);

    /// <summary>Removes a webhook with its deliveries. Null when done, otherwise why not.</summary>
    /// <param name="id">The webhook.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="version">The version that was read; null does not ask.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Problem?> RemoveAsync(Guid id, string actor, string? version = null, CancellationToken cancellation = default)
    {
        if (await database.Webhooks.SingleOrDefaultAsync(row => row.Id == id, cancellation) is not { } row)
        {
            return Unknown;
        }

        if (version is not null && version != row.Version)
        {
            return Overtaken;
        }

        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        database.Webhooks.Remove(row);
        if (!await SaveAsync(AuditEvents.WebhookRemoved, actor, id, AuditChange.Of(Described(row), null), cancellation))
        {
            return Overtaken;
        }

        await database.WebhookDeliveries.Where(delivery => delivery.WebhookId == id).ExecuteDeleteAsync(cancellation);
        await CommitAsync(work);
        return null;
    }

    private async Task<Result<WebhookView>> ChangeAsync(Guid id, string? version, Func<Webhook, Result<(string Event, string? Change)>> change, string actor, CancellationToken cancellation)
    {
        var row = await database.Webhooks.SingleOrDefaultAsync(candidate => candidate.Id == id, cancellation);
        if (row is null || (version is not null && row.Version != version))
        {
            return row is null ? Unknown : Overtaken;
        }

        var made = change(row);
        if (!made.Succeeded)
        {
            return made.Problems.ToList();
        }

        if (database.Entry(row).State == EntityState.Unchanged)
        {
            return WebhookView.Of(row);
        }

        (row.UpdatedAt, row.Version) = (time.GetUtcNow().UtcDateTime, Guid.NewGuid().ToString("N"));
        return await SaveAsync(made.Value.Event, actor, id, made.Value.Change, cancellation) ? WebhookView.Of(row) : Overtaken;
    }

    // False: somebody else changed it meanwhile, and nothing of this change stays behind in the context.
    private async Task<bool> SaveAsync(string @event, string actor, Guid id, string? change, CancellationToken cancellation)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        audit.Append(@event, actor, id.ToString(), change: change);
        await ChangeWatch.CountAsync(database, cancellation);
        try
        {
            await database.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            database.ChangeTracker.Clear();
            return false;
        }

        await CommitAsync(work);
        return true;
    }

    // Within somebody else's transaction nothing is in force yet, and reading it anew would wait for that transaction.
    private async Task CommitAsync(UnitOfWork work)
    {
        await work.CommitAsync();
        if (work.IsOwn)
        {
            Committed();
        }
    }

    /// <summary>What was changed in the caller's transaction is in force: the next event asks anew who wants it.</summary>
    public void Committed() => outbox.Invalidate();

    /// <summary>Everything that is wrong with what is asked. Changes nothing.</summary>
    public List<Problem> Check(WebhookRequest asked) => WebhookRules.Check(
        asked, services.GetRequiredService<IOptions<TokensOptions>>().Value.AllowLoopbackCallouts, [.. Options.AllowedNetworks.Select(IPNetwork.Parse)]);

    private static void Write(Webhook row, WebhookRequest asked)
    {
        row.Url = asked.Url!;
        row.Description = string.IsNullOrWhiteSpace(asked.Description) ? null : asked.Description.Trim();
        row.Events = string.Join(' ', asked.Events.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    // The query of an address may hold a secret of the receiver's.
    private static JsonObject Described(Webhook row) => new()
    {
        ["url"] = new Uri(row.Url).GetLeftPart(UriPartial.Path), ["description"] = row.Description, ["events"] = row.Events,
    };
}
