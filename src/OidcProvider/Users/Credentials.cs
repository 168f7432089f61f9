using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Languages;
using OidcProvider.Mail;
using OidcProvider.Sessions;

namespace OidcProvider.Users;

/// <summary>
/// What a user's own doing changes about how they sign in: password, e-mail address, the account itself. Each change ends what the old
/// credential had opened, is told by mail and is audited, in one transaction.
/// </summary>
internal sealed class Credentials(
    AppDbContext database, UserDirectory users, Passwords passwords, PasswordPolicy policy, MailedLinks links, SessionStore sessions, Outbox outbox,
    AuditLog audit, ILookupNormalizer normalizer, TimeProvider time)
{
    /// <summary>Sets a new password. All sessions but <paramref name="keep"/> and all grants end (ASVS 5.0 7.4.3).</summary>
    public async Task<Problem?> SetPasswordAsync(User user, string password, Guid? keep, string how)
    {
        if (await policy.FaultAsync(password, [user.Email, user.UserName, user.GivenName, user.FamilyName, user.DisplayName]) is { } fault)
        {
            return fault;
        }

        var hash = await passwords.HashAsync(password);
        await using var transaction = database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync() : null;
        await database.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.PasswordHash, hash).SetProperty(row => row.SecurityStamp, Guid.NewGuid().ToString("N"))
            .SetProperty(row => row.ConcurrencyStamp, Guid.NewGuid().ToString()).SetProperty(row => row.UpdatedAt, time.GetUtcNow().UtcDateTime));
        await links.VoidAsync(user.Id);
        await database.PendingSignIns.Where(row => row.UserId == user.Id).ExecuteDeleteAsync();
        await database.KnownDevices.Where(row => row.UserId == user.Id).ExecuteUpdateAsync(update => update.SetProperty(row => row.TrustedUntil, (DateTime?)null));
        await sessions.EndAllAsync(user.Id, reason: "password_changed", keep);
        audit.Append(AuditEvents.PasswordChanged, user.Id.ToString(), user.Id.ToString(), reason: how);
        Tell(user.Email, Letter.Of(Words.For(user.Locale), "mail.password_changed", null, ("email", user.Email)));
        await database.SaveChangesAsync();
        if (transaction is not null)
        {
            await transaction.CommitAsync();
        }

        return null;
    }

    /// <summary>Makes the new address the account's; the old one is told. Null: done.</summary>
    public async Task<Problem?> ChangeEmailAsync(User user, string email)
    {
        if (await users.FindByNameAsync(email) is { } other && other.Id != user.Id)
        {
            return new Problem(UserDirectory.Exists, Words.Current["email.unusable"], "email");
        }

        var old = user.Email;
        await using var transaction = await database.Database.BeginTransactionAsync();
        var (address, name, normalizedName) = (normalizer.NormalizeEmail(email), email, normalizer.NormalizeName(email));
        var userNameWasAddress = user.NormalizedUserName == normalizer.NormalizeName(old);
        await database.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.Email, email).SetProperty(row => row.NormalizedEmail, address).SetProperty(row => row.EmailConfirmed, true)
            .SetProperty(row => row.UserName, row => userNameWasAddress ? name : row.UserName)
            .SetProperty(row => row.NormalizedUserName, row => userNameWasAddress ? normalizedName : row.NormalizedUserName)
            .SetProperty(row => row.UpdatedAt, time.GetUtcNow().UtcDateTime).SetProperty(row => row.ConcurrencyStamp, Guid.NewGuid().ToString()));
        await links.VoidAsync(user.Id);
        audit.Append(AuditEvents.EmailChanged, user.Id.ToString(), user.Id.ToString());
        Tell(old, Letter.Of(Words.For(user.Locale), "mail.email_changed", null, ("email", email)));
        await database.SaveChangesAsync();
        await transaction.CommitAsync();
        return null;
    }

    /// <summary>Removes the account with everything that hangs on it. The audit trail keeps that it was there.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="actor">Who removes it; the user themselves when nobody is named.</param>
    public async Task DeleteAsync(User user, string? actor = null)
    {
        var subject = user.Id.ToString();
        await using var work = await UnitOfWork.BeginAsync(database);
        await sessions.EndAllAsync(user.Id, reason: "user_deleted", actor: actor);
        await database.Tokens.Where(row => row.Subject == subject).ExecuteDeleteAsync();
        await database.Authorizations.Where(row => row.Subject == subject && !row.Tokens.Any()).ExecuteDeleteAsync();
        await database.Users.Where(row => row.Id == user.Id).ExecuteDeleteAsync();
        database.ChangeTracker.Clear();
        audit.Append(AuditEvents.UserDeleted, actor ?? subject, subject, change: actor is null ? null : AuditChange.Of(UserFacts.OfRemoved(user), null));
        Tell(user.Email, Letter.Of(Words.For(user.Locale), "mail.deleted", null, ("email", user.Email)));
        await database.SaveChangesAsync();
        await work.CommitAsync();
    }

    /// <summary>An administrator gave the account another address: links to the old one are void, and it is told.</summary>
    public async Task AddressReplacedAsync(User user, string? old)
    {
        await links.VoidAsync(user.Id);
        Tell(old, Letter.Of(Words.For(user.Locale), "mail.email_changed", null, ("email", user.Email)));
        await database.SaveChangesAsync();
    }

    private void Tell(string? address, Letter letter)
    {
        if (address is not null)
        {
            outbox.Append(address, letter);
        }
    }
}
