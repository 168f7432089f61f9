using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OidcProvider.Throttling;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>Changing the password. It needs the current one, whose guessing is bounded here as at sign-in (ASVS 5.0 6.2.3).</summary>
internal sealed class PasswordModel(UserDirectory users, Credentials credentials, PasswordPolicy policy, Throttle throttle, IOptions<ThrottlingOptions> options) : AccountPage
{
    [BindProperty]
    public string? Current { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public int MinimumLength => policy.MinimumLength;

    public async Task<IActionResult> OnGetAsync() => await FreshAsync() ?? Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var key = Throttle.Key("current-password", Me.Id.ToString());
        if (!await throttle.TakeAsync(key, options.Value.LoginAttempts, options.Value.LoginWindow))
        {
            return Refused(StatusCodes.Status429TooManyRequests, T["signin.no_tries"]);
        }

        if ((await users.CheckPasswordAsync(Me.Id, Current ?? "", HttpContext.RequestAborted)).User is not { } user)
        {
            return Refused(message: T["change_password.wrong"], field: nameof(Current));
        }

        await throttle.ClearAsync(key);
        return await credentials.SetPasswordAsync(user, Password ?? "", keep: Live.Session.Id, "changed") is { } fault
            ? Refused(message: fault.Message, field: nameof(Password))
            : Done("/account/password", "password");
    }
}
