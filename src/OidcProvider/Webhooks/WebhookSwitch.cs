using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Languages;
using OidcProvider.Mail;
using OidcProvider.Users;

namespace OidcProvider.Webhooks;

/// <summary>Switches a webhook off by itself, at which nothing has arrived for long or which says it is gone; audited, and told to the owners by mail.</summary>
internal sealed class WebhookSwitch(AppDbContext database, AuditLog audit, Outbox mails, WebhookOutbox outbox, TimeProvider time)
{
    public const string Failing = "failing", Gone = "gone";

    private const int MostTold = 20;

    public async Task OffAsync(Webhook webhook, string reason)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var transaction = await database.Database.BeginTransactionAsync();
        if (await database.Webhooks.Where(row => row.Id == webhook.Id && row.DisabledAt == null).ExecuteUpdateAsync(update => update
                .SetProperty(row => row.DisabledAt, now).SetProperty(row => row.DisabledReason, reason).SetProperty(row => row.Version, Guid.NewGuid().ToString("N"))) == 0)
        {
            return;
        }

        audit.Append(AuditEvents.WebhookDisabled, actor: null, webhook.Id.ToString(), reason: reason);
        foreach (var owner in await OwnersAsync())
        {
            mails.Append(owner.Email!, Letter.Of(Words.For(owner.Locale), "mail.webhook_off", null, ("host", new Uri(webhook.Url).Host)));
        }

        await ChangeWatch.CountAsync(database);
        await database.SaveChangesAsync();
        await transaction.CommitAsync();
        outbox.Invalidate();
    }

    private Task<List<User>> OwnersAsync()
    {
        var role = AdminRoles.Owner.ToUpperInvariant();
        return (from user in database.Users.AsNoTracking()
                join link in database.UserRoles on user.Id equals link.UserId
                join held in database.Roles on link.RoleId equals held.Id
                where held.NormalizedName == role && user.DisabledAt == null && user.Email != null
                orderby user.CreatedAt
                select user).Take(MostTold).ToListAsync();
    }
}
