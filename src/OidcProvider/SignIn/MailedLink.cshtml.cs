using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Audit;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.SignIn;

/// <summary>What mailed links open: one page with one button. The link alone changes nothing, since mail programs follow links by themselves.</summary>
internal abstract class MailedLinkPage : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    public string Heading { get; private protected set; } = "";

    public string Text { get; private protected set; } = "";

    /// <summary>The words on the button; none when there is nothing left to do.</summary>
    public string? Button { get; private protected set; }

    public bool Done { get; private protected set; }

    protected IActionResult Finished(string heading, string text)
    {
        (Heading, Text, Button, Done) = (heading, text, null, true);
        return Page();
    }

    protected IActionResult Expired(string text)
    {
        (Heading, Text, Button) = (T["link.expired"], text, null);
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }
}

/// <summary>Finishes a registration.</summary>
[AllowAnonymous]
internal sealed class ConfirmModel(Registration registration, MailedLinks links) : MailedLinkPage
{
    public async Task<IActionResult> OnGetAsync()
    {
        if (await links.FindAsync(LinkPurpose.Register, Token) is null)
        {
            return Expired(T["register.dead"]);
        }

        (Heading, Text, Button) = (T["register.finish"], T["register.finish_text"], T["form.confirm"]);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!await IsCompleteAsync())
        {
            return await OnGetAsync();
        }

        return await registration.ConfirmAsync(Token) is null ? Expired(T["register.dead"]) : Finished(T["register.ready"], T["register.ready_text"]);
    }
}

/// <summary>Unlocks an account that had too many wrong passwords.</summary>
[AllowAnonymous]
internal sealed class UnlockModel(MailedLinks links, AccountGuards guards, AuditLog audit) : MailedLinkPage
{
    public async Task<IActionResult> OnGetAsync()
    {
        if (await links.FindAsync(LinkPurpose.Unlock, Token) is null)
        {
            return Expired(T["unlock.dead"]);
        }

        (Heading, Text, Button) = (T["unlock.title"], T["unlock.text"], T["unlock.button"]);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!await IsCompleteAsync())
        {
            return await OnGetAsync();
        }

        if (await links.UseAsync(LinkPurpose.Unlock, Token) is not { UserId: { } user })
        {
            return Expired(T["unlock.dead"]);
        }

        await guards.ClearAsync(user);
        await audit.WriteAsync(AuditEvents.AccountUnlocked, user.ToString(), user.ToString(), reason: "mail");
        return Finished(T["unlock.done"], T["unlock.done_text"]);
    }
}
