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
/// <param name="AccountKey">The name of its account's count.</param>
/// <param name="AddressKey">The name of its address's count.</param>
/// <param name="NobodyKey">Where failures of a name without an account are counted.</param>
/// <param name="UserId">The account, if there is one.</param>
/// <param name="KnownDevice">Whether the browser signed in to it before.</param>
internal sealed record SignInTry(string AccountKey, string AddressKey, string NobodyKey, Guid? UserId, bool KnownDevice);

/// <summary>
/// Bounds guessing (ASVS 5.0 6.3.1): so many tries for each account and for each address within a window, and after too many failures in a row
/// the account is locked and its owner gets a link. A browser that signed in before has tries of its own and is not locked out, so that a
/// stranger cannot keep the owner away. A name without an account takes the same statements as one with (ASVS 5.0 6.3.8), so that neither the
/// answer nor its time tells which it is.
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
        var device = await devices.FindAsync(http, userId ?? Guid.Empty);
        var account = device is null ? Throttle.Key(kind, name.Trim().ToUpperInvariant()) : Throttle.Key($"{kind}-device", device.Id.ToString());
        var address = Throttle.Key("address", Throttle.Source(http.Connection.RemoteIpAddress));
        if (await throttle.TakeAsync(account, limit.LoginAttempts, limit.LoginWindow)
            && (device is not null || await throttle.TakeAsync(address, limit.LoginAttempts, limit.LoginWindow)))
        {
            return new SignInTry(account, address, Throttle.Key("nobody", name.Trim().ToUpperInvariant()), userId, device is not null);
        }

        http.Response.Headers.RetryAfter = ((int)limit.LoginWindow.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return null;
    }

    public async Task<bool> IsLockedAsync(SignInTry attempt) =>
        !attempt.KnownDevice && (attempt.UserId is { } user ? await guards.IsLockedAsync(user) : await guards.IsNobodyLockedAsync(attempt.NobodyKey, options.Value.LockoutAfter));

    public async Task FailAsync(SignInTry attempt)
    {
        var limit = options.Value;
        if (attempt.UserId is { } user
            ? await guards.FailAsync(user, limit.LockoutAfter, limit.LockoutFor)
            : await guards.FailNobodyAsync(attempt.NobodyKey, limit.LockoutAfter, limit.LockoutFor))
        {
            await notice.SendAsync(attempt.UserId);
        }
    }

    /// <summary>
    /// A right password or code. What the account failed in a row is forgotten only when the whole sign-in is through (<see cref="SignInSteps"/>):
    /// who has the password must not get ten more guesses at the code with each right password.
    /// </summary>
    public async Task SucceedAsync(SignInTry attempt)
    {
        await throttle.ClearAsync(attempt.AccountKey);
        // Only this try: somebody with an account of their own must not be able to wipe out an address's count.
        if (!attempt.KnownDevice)
        {
            await throttle.GiveBackAsync(attempt.AddressKey);
        }
    }
}

/// <summary>Tells the owner of a locked account, with a link that unlocks it.</summary>
internal sealed class LockNotice(AppDbContext database, UserDirectory users, MailedLinks links, Outbox outbox, AuditLog audit, IssuerUri issuer)
{
    /// <param name="userId">Null: a name without an account, for which the same work is done and nobody told.</param>
    public async Task SendAsync(Guid? userId)
    {
        var user = await users.FindAsync(userId ?? Guid.Empty);
        audit.Append(AuditEvents.AccountLocked, null, userId?.ToString());
        if (user?.Email is { } address)
        {
            var token = await links.CreateAsync(LinkPurpose.Unlock, user.Id);
            outbox.Append(address, Letter.Of(Words.For(user.Locale), "mail.locked", $"{issuer.Value.TrimEnd('/')}/unlock?token={token}"), MailedLinks.Life);
        }
        else
        {
            await links.CreateForNobodyAsync();
        }

        await database.SaveChangesAsync();
    }
}
