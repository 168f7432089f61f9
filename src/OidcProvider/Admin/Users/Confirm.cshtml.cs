using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Grants;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Tokens;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>A question before something is lost: what it is, what it breaks, and the words on the button.</summary>
internal sealed record Question(string Title, string Consequence, string Button, bool Dangerous);

/// <summary>Asks before an account loses something, and says what will break: how many sessions, which apps.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.UsersWrite)]
internal sealed class ConfirmModel(UserReader reader, UserDesk desk, UserStanding standing, SessionDesk sessions) : AdminPage
{
    [FromRoute]
    public Guid Id { get; set; }

    [FromRoute]
    public string What { get; set; } = "";

    /// <summary>The app, when it is about one.</summary>
    [BindProperty(SupportsGet = true)]
    public string? App { get; set; }

    /// <summary>With a password mail: the present password stops working now.</summary>
    [BindProperty(Name = "require")]
    public bool RequireNew { get; set; }

    public UserAnswer Account { get; private set; } = null!;

    public Question Question { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync() => await LoadAsync() ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (await LoadAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var by = Caller.Acting;
        var (fault, done) = What switch
        {
            "disable" => (Fault(await standing.DisableAsync(by, Id, cancellation)), "disabled"),
            "delete" => (Fault(await desk.RemoveAsync(by, Id, version: null, cancellation)), "deleted"),
            "factors" => (Fault(await standing.ResetFactorsAsync(by, Id, cancellation)), "factors-reset"),
            "sign-out" => (Fault(await standing.SignOutAsync(by, Id, cancellation)), "signed-out"),
            "password" => (Fault(await HttpContext.RequestServices.GetRequiredService<PasswordMail>().SendAsync(by, Id, RequireNew, cancellation)), "mailed"),
            _ => (await HttpContext.RequestServices.GetRequiredService<GrantWithdrawal>().AppAsync(by, Id, App ?? "", cancellation), "withdrawn"),
        };
        return fault is not null ? Refused([fault])
            : Redirect(What == "delete" ? $"{Request.PathBase}/admin/users?done={done}" : $"{Request.PathBase}/admin/users/{Id}{(What == "app" ? "/apps" : "")}?done={done}");
    }

    private static Problem? Fault(Result<User> result) => result.Succeeded ? null : result.Problems[0];

    private async Task<IActionResult?> LoadAsync()
    {
        if (await reader.FindAsync(Id, HttpContext.RequestAborted) is not { } read)
        {
            return NotFound();
        }

        Account = read.Answer;
        if (!AdminRoles.MayChange(Caller.Roles, Account.Profile.Roles ?? []) || ((What is "app") && !May(Permissions.GrantsWrite)))
        {
            return NotAllowed();
        }

        var (live, _, apps) = await sessions.CountAsync([Id], HttpContext.RequestAborted);
        var ends = $"{Count(live, "live session")} and {Count(apps, "app")}";
        var methods = Account.SignInMethods;
        Question? question = What switch
        {
            "disable" => new("Disable this account?", $"Signing in is refused until it is enabled again. {ends} lose access at once.", "Disable", true),
            "delete" => new("Delete this account?", $"The account, its profile and its sign-in methods are gone for good. {ends} lose access at once. This cannot be undone.", "Delete", true),
            "factors" => new("Reset the second factors?", $"{(methods.Authenticator ? "The authenticator app, " : "")}{Count(methods.Passkeys.Count, "passkey")} and {Count(methods.RecoveryCodesLeft, "recovery code")} are removed; {ends} lose access. Make sure that it is really the user who asks.", "Reset second factors", true),
            "sign-out" => new("Sign this user out everywhere?", $"{ends} lose access at once. The user can sign in again.", "Sign out everywhere", true),
            "password" => new("Send a password mail?", $"{Account.Profile.Email} gets a link to set a new password. Until it is used, everything stays as it is, unless you choose otherwise.", "Send mail", false),
            "app" when App is not null => await WithdrawalAsync(App),
            _ => null,
        };
        Question = question!;
        return question is null ? NotFound() : null;
    }

    private async Task<Question?> WithdrawalAsync(string clientId)
    {
        var app = (await HttpContext.RequestServices.GetRequiredService<ConnectedApps>().ListAsync(Id, HttpContext.RequestAborted)).FirstOrDefault(item => item.ClientId == clientId);
        return app is null ? null : new("Withdraw this app's access?", $"{app.Name} loses {Count(app.LiveGrants, "grant")} with all tokens at once and must ask the user again.", "Withdraw access", true);
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
