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
internal sealed class PasswordSignIn(UserDirectory users, SignInGate gate, SignInGuard guard, SignInSteps steps, AuditLog audit, ILogger<PasswordSignIn> logger)
{
    public async Task<SignInOutcome> TryAsync(HttpContext http, string name, string password)
    {
        using var place = await gate.EnterAsync(http.RequestAborted);
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
    SecondFactors factors, UserDirectory users, SignInDevices devices, PendingSignIns pending, LooseEnds ends, IOptions<UsersOptions> options)
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

        if (state.Any && (required || !await devices.IsTrustedAsync(http, user.Id)))
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
    /// <param name="http">The request.</param>
    /// <param name="userId">Who signed in.</param>
    /// <param name="amr">How.</param>
    /// <param name="trustDays">How long this browser may skip the second factor.</param>
    /// <param name="since">When the first factor was shown, if that was not a moment ago: adding the second one does not make it fresh.</param>
    public async Task CompleteAsync(HttpContext http, Guid userId, IReadOnlyList<string> amr, int trustDays, DateTime? since = null)
    {
        await pending.EndAsync(http);
        await ends.TieAsync(userId);
        await devices.RememberAsync(http, userId, trustDays);

        await SessionAuthenticationHandler.SignInAsync(http, userId, amr, since);
    }
}

/// <summary>What a sign-in that is through settles: failures in a row are forgotten, links that lead in another way are void.</summary>
internal sealed class LooseEnds(AccountGuards guards, MailedLinks links)
{
    public async Task TieAsync(Guid userId)
    {
        await guards.ClearAsync(userId);
        await links.VoidAsync(userId, LinkPurpose.ResetPassword, LinkPurpose.Unlock);
    }
}

/// <summary>The browsers that sign in: which may skip the second factor, and the mail about one that was not there before (ASVS 5.0 6.3.5).</summary>
internal sealed class SignInDevices(AppDbContext database, UserDirectory users, KnownDevices devices, Outbox outbox, IssuerUri issuer, TimeProvider time)
{
    public async Task<bool> IsTrustedAsync(HttpContext http, Guid userId) =>
        await devices.FindAsync(http, userId) is { TrustedUntil: { } until } && until > time.GetUtcNow().UtcDateTime;

    public async Task RememberAsync(HttpContext http, Guid userId, int trustDays)
    {
        var others = await devices.HasAnyAsync(userId);
        if (await devices.RememberAsync(http, userId, trustDays > 0 ? time.GetUtcNow().UtcDateTime.AddDays(trustDays) : null) && others)
        {
            await TellAsync(http, userId);
        }
    }

    private async Task TellAsync(HttpContext http, Guid userId)
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
