using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Languages;
using OidcProvider.Mail;
using OidcProvider.Sessions;
using OidcProvider.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.SignIn;

/// <summary>Whose second step it is: of a sign-in under way, or of a signed-in user who must show more (step-up).</summary>
/// <param name="User">Who.</param>
/// <param name="Amr">What has been proven so far.</param>
/// <param name="MustEnrol">A second factor must be set up.</param>
/// <param name="Factors">The factors there are.</param>
/// <param name="MayTrust">Whether the browser may be trusted to skip this step.</param>
/// <param name="Session">The session that steps up; null in a sign-in under way.</param>
internal sealed record Stepping(User User, IReadOnlyList<string> Amr, bool MustEnrol, FactorState Factors, bool MayTrust, Session? Session)
{
    /// <summary>Nothing is missing: another tab was faster, or the back button led here.</summary>
    public bool IsThrough => Session?.Acr == AuthenticationContext.TwoFactors;
}

/// <summary>The second step: a code of the app, a recovery code, a passkey, or setting the app up.</summary>
internal sealed class SecondStep(PendingSignIns pending, SecondFactors factors, SignInGuard guard, SignInSteps steps, UserDirectory users, SecondStepNotice notice)
{
    /// <summary>Null: nobody is between the steps here. A handle of the first step opens this and nothing else.</summary>
    public async Task<Stepping?> FindAsync(HttpContext http)
    {
        if (await pending.FindAsync(http) is { } begun && await users.FindAsync(begun.UserId) is { DisabledAt: null } user)
        {
            return await SteppingAsync(user, AuthenticationContext.Split(begun.Amr), begun.MustEnrol, session: null);
        }

        await http.AuthenticateAsync(SessionAuthenticationHandler.SchemeName);
        return SessionAuthenticationHandler.Current(http) is { } live
            ? await SteppingAsync(live.User, AuthenticationContext.Split(live.Session.Amr), mustEnrol: false, live.Session)
            : null;
    }

    public async Task<SignInOutcome> WithCodeAsync(HttpContext http, Stepping stepping, string code, bool trust)
    {
        if (await guard.EnterAsync(http, "code", stepping.User.Id.ToString(), stepping.User.Id) is not { } attempt)
        {
            return SignInOutcome.Throttled;
        }

        if (await guard.IsLockedAsync(attempt))
        {
            return await RefuseAsync(stepping, "locked");
        }

        if (!stepping.Factors.Authenticator || !await factors.VerifyAsync(stepping.User.Id, code))
        {
            return await FailAsync(stepping, attempt, "wrong_code");
        }

        await guard.SucceedAsync(attempt);
        await steps.CompleteAsync(http, stepping.User.Id, AuthenticationContext.Add(stepping.Amr, AuthenticationMethodReferences.OneTimePassword), trust && stepping.MayTrust ? notice.TrustDays : 0, stepping.Session?.AuthenticatedAt);
        return SignInOutcome.Done;
    }

    public async Task<SignInOutcome> WithRecoveryCodeAsync(HttpContext http, Stepping stepping, string code)
    {
        if (await guard.EnterAsync(http, "code", stepping.User.Id.ToString(), stepping.User.Id) is not { } attempt)
        {
            return SignInOutcome.Throttled;
        }

        if (await guard.IsLockedAsync(attempt))
        {
            return await RefuseAsync(stepping, "locked");
        }

        if (!stepping.Factors.Any || !await factors.UseRecoveryCodeAsync(stepping.User.Id, code))
        {
            return await FailAsync(stepping, attempt, "wrong_recovery_code");
        }

        await guard.SucceedAsync(attempt);
        await notice.RecoveryCodeUsedAsync(stepping.User, stepping.Factors.RecoveryCodes - 1);
        await steps.CompleteAsync(http, stepping.User.Id, AuthenticationContext.Add(stepping.Amr, AuthenticationMethodReferences.OneTimePassword), trustDays: 0, stepping.Session?.AuthenticatedAt);
        return SignInOutcome.Done;
    }

    /// <summary>The first right code of a new app. Only for those who have no second factor: with one, only it opens the way to another.</summary>
    /// <returns>The recovery codes, to be shown once; null when the code was wrong.</returns>
    public async Task<IReadOnlyList<string>?> EnrolAsync(HttpContext http, Stepping stepping, string code)
    {
        if (stepping.Factors.Any || await guard.EnterAsync(http, "code", stepping.User.Id.ToString(), stepping.User.Id) is not { } attempt || !await factors.ConfirmAsync(stepping.User.Id, code))
        {
            return null;
        }

        await guard.SucceedAsync(attempt);
        await steps.CompleteAsync(http, stepping.User.Id, AuthenticationContext.Add(stepping.Amr, AuthenticationMethodReferences.OneTimePassword), trustDays: 0, stepping.Session?.AuthenticatedAt);
        return await factors.RenewRecoveryCodesAsync(stepping.User.Id, stepping.User.Id.ToString());
    }

    private async Task<SignInOutcome> FailAsync(Stepping stepping, SignInTry attempt, string reason)
    {
        await guard.FailAsync(attempt);
        return await RefuseAsync(stepping, reason);
    }

    private async Task<SignInOutcome> RefuseAsync(Stepping stepping, string reason)
    {
        await notice.FailedAsync(stepping.User.Id, reason);
        return SignInOutcome.Refused;
    }

    private async Task<Stepping> SteppingAsync(User user, IReadOnlyList<string> amr, bool mustEnrol, Session? session) =>
        new(user, amr, mustEnrol, await factors.StateAsync(user.Id), notice.TrustDays > 0 && !notice.RequiresMfa(await users.RolesOfAsync(user)), session);
}

/// <summary>What is recorded and told of second steps, and what the settings say about trusting a browser.</summary>
internal sealed class SecondStepNotice(AppDbContext database, Outbox outbox, AuditLog audit, IOptions<UsersOptions> options)
{
    public int TrustDays => options.Value.RememberDeviceDays;

    public bool RequiresMfa(IEnumerable<string> roles) => options.Value.RequiresMfa(roles);

    public Task FailedAsync(Guid user, string reason) => audit.WriteAsync(AuditEvents.SignInFailed, actor: null, user.ToString(), reason: reason);

    public async Task RecoveryCodeUsedAsync(User user, int left)
    {
        audit.Append(AuditEvents.RecoveryCodeUsed, user.Id.ToString(), user.Id.ToString());
        if (user.Email is { } address)
        {
            outbox.Append(address, Letter.Of(Words.For(user.Locale), "mail.recovery_code", null, ("count", left)));
        }

        await database.SaveChangesAsync();
    }
}
