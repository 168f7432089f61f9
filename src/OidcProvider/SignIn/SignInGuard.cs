using System.Globalization;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Languages;
using OidcProvider.Mail;
using OidcProvider.Throttling;
using OidcProvider.Users;

namespace OidcProvider.SignIn;

/// <summary>A try that was let in, under the names it is counted by.</summary>
internal sealed record SignInTry(string AccountKey, string AddressKey, Guid? UserId, bool KnownDevice);

/// <summary>
/// Bounds guessing (ASVS 5.0 6.3.1): so many tries for each account and for each address within a window, and after too many failures in a row
/// the account is locked and its owner gets a link. A browser that signed in before has tries of its own and is not locked out, so that a
/// stranger cannot keep the owner away.
/// </summary>
internal sealed class SignInGuard(
    Throttle throttle, AccountGuards guards, KnownDevices devices, LockNotice notice, IOptions<ThrottlingOptions> options)
{
    /// <summary>Counts a try before it is judged. Null: none are left, for an account that exists as for one that does not.</summary>
    /// <param name="http">The request.</param>
    /// <param name="kind">What is guessed: <c>password</c> or <c>code</c>. Each has its own count.</param>
    /// <param name="name">The account as it was typed.</param>
    /// <param name="userId">The account if there is one.</param>
    public async Task<SignInTry?> EnterAsync(HttpContext http, string kind, string name, Guid? userId)
    {
        var limit = options.Value;
        var device = userId is { } id ? await devices.FindAsync(http, id) : null;
        var account = device is null ? Throttle.Key(kind, name.Trim().ToUpperInvariant()) : Throttle.Key($"{kind}-device", device.Id.ToString());
        var address = Throttle.Key("address", http.Connection.RemoteIpAddress?.ToString() ?? "");
        if (await throttle.TakeAsync(account, limit.LoginAttempts, limit.LoginWindow)
            && (device is not null || await throttle.TakeAsync(address, limit.LoginAttempts, limit.LoginWindow)))
        {
            return new SignInTry(account, address, userId, device is not null);
        }

        http.Response.Headers.RetryAfter = ((int)limit.LoginWindow.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return null;
    }

    public async Task<bool> IsLockedAsync(SignInTry attempt) => !attempt.KnownDevice && attempt.UserId is { } user && await guards.IsLockedAsync(user);

    public async Task FailAsync(SignInTry attempt)
    {
        if (attempt.UserId is { } user && await guards.FailAsync(user, options.Value.LockoutAfter, options.Value.LockoutFor))
        {
            await notice.SendAsync(user);
        }
    }

    public async Task SucceedAsync(SignInTry attempt)
    {
        await throttle.ClearAsync(attempt.AccountKey);
        // Only this try: somebody with an account of their own must not be able to wipe out an address's count.
        if (!attempt.KnownDevice)
        {
            await throttle.GiveBackAsync(attempt.AddressKey);
        }

        if (attempt.UserId is { } user)
        {
            await guards.ClearAsync(user);
        }
    }
}

/// <summary>Tells the owner of a locked account, with a link that unlocks it.</summary>
internal sealed class LockNotice(AppDbContext database, UserDirectory users, MailedLinks links, Outbox outbox, AuditLog audit, IssuerUri issuer)
{
    public async Task SendAsync(Guid userId)
    {
        var user = await users.FindAsync(userId);
        audit.Append(AuditEvents.AccountLocked, null, userId.ToString());
        if (user?.Email is { } address)
        {
            var token = await links.CreateAsync(LinkPurpose.Unlock, userId);
            outbox.Append(address, Letter.Of(Words.For(user.Locale), "mail.locked", $"{issuer.Value.TrimEnd('/')}/unlock?token={token}"), MailedLinks.Life);
        }

        await database.SaveChangesAsync();
    }
}
