using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.SignIn;

/// <summary>
/// Setting a new password with the link from the mail. It ends every session, token and pending code of the account, signs nobody in, and so
/// never skips the second factor (ASVS 5.0 6.4.3).
/// </summary>
[AllowAnonymous]
internal sealed class ResetPasswordModel(MailedLinks links, UserDirectory users, Credentials credentials, AccountGuards guards, PasswordPolicy policy) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool Dead { get; private set; }

    public bool Done { get; private set; }

    public int MinimumLength => policy.MinimumLength;

    public User? Account { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await FindAsync(use: false) is null ? Expired() : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FindAsync(use: false) is not { } user)
        {
            return Expired();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        // Judged before the link is used up, so that a weak password costs no second mail.
        if (await policy.FaultAsync(Password ?? "", [user.Email, user.UserName, user.GivenName, user.FamilyName, user.DisplayName]) is { } fault)
        {
            return Refused(message: fault.Message, field: nameof(Password));
        }

        if (await FindAsync(use: true) is null)
        {
            return Expired();
        }

        if (await credentials.SetPasswordAsync(user, Password!, keep: null, "reset") is { } refused)
        {
            return Refused(message: refused.Message, field: nameof(Password));
        }

        await guards.ClearAsync(user.Id);
        Done = true;
        return Page();
    }

    private async Task<User?> FindAsync(bool use)
    {
        var link = use ? await links.UseAsync(LinkPurpose.ResetPassword, Token) : await links.FindAsync(LinkPurpose.ResetPassword, Token);
        return Account = link?.UserId is { } id && await users.FindAsync(id) is { DisabledAt: null } user ? user : null;
    }

    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Expired()
    {
        Dead = true;
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }
}
