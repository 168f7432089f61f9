using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Languages;
using OidcProvider.Mail;
using OidcProvider.Sessions;
using OidcProvider.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.SignIn;

/// <summary>How a step of signing in ended.</summary>
internal enum SignInOutcome
{
    /// <summary>One answer for unknown, wrong, locked, disabled.</summary>
    Refused,

    /// <summary>No tries left for now.</summary>
    Throttled,

    /// <summary>The session has begun.</summary>
    Done,

    /// <summary>A second factor is asked for next.</summary>
    SecondFactor,

    /// <summary>A second factor must be set up next.</summary>
    Enrol,
}

/// <summary>The first step with a password.</summary>
internal sealed class PasswordSignIn(UserDirectory users, SignInGuard guard, SignInSteps steps, AuditLog audit, ILogger<PasswordSignIn> logger)
{
    public async Task<SignInOutcome> TryAsync(HttpContext http, string name, string password)
    {
        var account = await users.FindByNameAsync(name, http.RequestAborted);
        if (await guard.EnterAsync(http, "password", account?.Id.ToString() ?? name, account?.Id) is not { } attempt)
        {
            return await RefuseAsync(http, account?.Id, "throttled", SignInOutcome.Throttled);
        }

        // The hash is computed whatever the state of the account, so that the time tells nothing.
        var check = await users.CheckPasswordAsync(name, password, http.RequestAborted);
        if (await guard.IsLockedAsync(attempt))
        {
            return await RefuseAsync(http, account?.Id, "locked", SignInOutcome.Refused);
        }

        if (check.User is not { } user)
        {
            await guard.FailAsync(attempt);
            return await RefuseAsync(http, check.Account, check.Reason!, SignInOutcome.Refused);
        }

        await guard.SucceedAsync(attempt);
        return await steps.AfterFirstAsync(http, user, [AuthenticationMethodReferences.Password]);
    }

    private async Task<SignInOutcome> RefuseAsync(HttpContext http, Guid? account, string reason, SignInOutcome outcome)
    {
        logger.LogInformation("Sign-in refused: {Reason} [{RequestId}]", reason, RequestId.Of(http));
        await audit.WriteAsync(AuditEvents.SignInFailed, actor: null, subject: account?.ToString(), reason: reason);
        return outcome;
    }
}

/// <summary>What comes after a proof: another one, setting one up, or the session. Every sign-in passes here.</summary>
internal sealed class SignInSteps(
    SecondFactors factors, UserDirectory users, KnownDevices devices, PendingSignIns pending, NewDeviceNotice notice, IOptions<UsersOptions> options)
{
    public async Task<SignInOutcome> AfterFirstAsync(HttpContext http, User user, IReadOnlyList<string> amr)
    {
        var required = options.Value.RequiresMfa(await users.RolesOfAsync(user));
        var state = await factors.StateAsync(user.Id);
        if (AuthenticationContext.Acr(amr) == AuthenticationContext.TwoFactors)
        {
            await CompleteAsync(http, user.Id, amr, trustDays: 0);
            return SignInOutcome.Done;
        }

        if (state.Any && (required || !await IsTrustedAsync(http, user.Id)))
        {
            await pending.BeginAsync(http, user.Id, amr, mustEnrol: false);
            return SignInOutcome.SecondFactor;
        }

        if (required && !state.Any)
        {
            await pending.BeginAsync(http, user.Id, amr, mustEnrol: true);
            return SignInOutcome.Enrol;
        }

        await CompleteAsync(http, user.Id, amr, trustDays: 0);
        return SignInOutcome.Done;
    }

    /// <summary>Begins the session, or renews the one that is there under a new handle.</summary>
    public async Task CompleteAsync(HttpContext http, Guid userId, IReadOnlyList<string> amr, int trustDays)
    {
        await pending.EndAsync(http);
        var before = await devices.HasAnyAsync(userId);
        var until = trustDays > 0 ? http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime.AddDays(trustDays) : (DateTime?)null;
        if (await devices.RememberAsync(http, userId, until) && before)
        {
            await notice.SendAsync(http, userId);
        }

        var identity = new ClaimsIdentity(
            [new Claim(Claims.Subject, userId.ToString()), .. amr.Select(method => new Claim(Claims.AuthenticationMethodReference, method))], SessionAuthenticationHandler.SchemeName);
        await http.SignInAsync(SessionAuthenticationHandler.SchemeName, new ClaimsPrincipal(identity));
    }

    private async Task<bool> IsTrustedAsync(HttpContext http, Guid userId) =>
        options.Value.RememberDeviceDays > 0
        && await devices.FindAsync(http, userId) is { TrustedUntil: { } until }
        && until > http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
}

/// <summary>Tells a user of a sign-in from a browser that was not there before (ASVS 5.0 6.3.5).</summary>
internal sealed class NewDeviceNotice(AppDbContext database, UserDirectory users, Outbox outbox, IssuerUri issuer, TimeProvider time)
{
    public async Task SendAsync(HttpContext http, Guid userId)
    {
        if (await users.FindAsync(userId) is not { Email: { } address } user)
        {
            return;
        }

        var words = Words.For(user.Locale);
        outbox.Append(address, Letter.Of(
            words, "mail.new_device", $"{issuer.Value.TrimEnd('/')}/account/sessions",
            ("browser", UserAgents.Describe(http.Request.Headers.UserAgent, words)), ("at", words.Moment(time.GetUtcNow().UtcDateTime))));
        await database.SaveChangesAsync();
    }
}
