using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Languages;
using OidcProvider.Mail;
using OidcProvider.Sessions;

namespace OidcProvider.Users;

/// <summary>
/// Has a user choose a password by mail, for an administrator: a first one for a new account, or a new one. The administrator never learns it; the link
/// goes to the address of the account and nowhere else.
/// </summary>
internal sealed class PasswordMail(AppDbContext database, UserGate gate, MailedLinks links, SessionStore sessions, Outbox outbox, IServiceProvider services)
{
    private static readonly TimeSpan FirstLife = TimeSpan.FromDays(1);

    /// <param name="by">Who asks.</param>
    /// <param name="id">Whose password.</param>
    /// <param name="require">The present password stops working now, and whoever is signed in with it is out.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Result<User>> SendAsync(Acting by, Guid id, bool require, CancellationToken cancellation = default)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        var reached = await gate.ReachAsync(by, id, null, cancellation);
        if (!reached.Succeeded)
        {
            return reached.Problems.ToList();
        }

        var user = reached.Value.User;
        if (user.DisabledAt is not null || user.Email is not { } address)
        {
            return new Problem("user_disabled", "The account is disabled; enable it first.");
        }

        var had = user.PasswordHash is not null;
        var life = had ? MailedLinks.Life : FirstLife;
        var token = await links.CreateAsync(LinkPurpose.ResetPassword, id, life: life);
        var url = services.GetRequiredService<IssuerUri>().Value.TrimEnd('/') + $"/password/reset?token={token}";
        outbox.Append(address, Letter.Of(Words.For(user.Locale), had ? "mail.reset_asked" : "mail.invited", url), life);
        if (require && had)
        {
            await database.Users.Where(row => row.Id == id).ExecuteUpdateAsync(update => update
                .SetProperty(row => row.PasswordHash, (string?)null).SetProperty(row => row.SecurityStamp, Guid.NewGuid().ToString("N")).SetProperty(row => row.ConcurrencyStamp, Guid.NewGuid().ToString()), cancellation);
            await sessions.EndAllAsync(id, reason: "password_required", actor: by.Name);
        }

        services.GetRequiredService<AuditLog>().Append(AuditEvents.PasswordResetAsked, by.Name, id.ToString(), reason: require ? "required" : null,
            change: AuditChange.Of(new JsonObject { ["has_password"] = had }, new JsonObject { ["has_password"] = had && !require }));
        await database.SaveChangesAsync(CancellationToken.None);
        await work.CommitAsync();
        return user;
    }
}
