using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OidcProvider.Throttling;

namespace OidcProvider.SignIn;

/// <summary>Asking for a link to set a new password. The answer is the same for every address, and so is its time: the mail is sent later.</summary>
[AllowAnonymous]
internal sealed class ForgotPasswordModel(Registration registration, MailThrottle mails) : FormPage
{
    [BindProperty, Required(ErrorMessage = "signin.username_missing"), StringLength(256, ErrorMessage = "signin.username_long")]
    public string? Username { get; set; }

    public bool Sent { get; private set; }

    public void OnGet() => ModelState.Clear();

    public async Task<IActionResult> OnPostAsync()
    {
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (!await mails.TakeAsync(HttpContext, Username!))
        {
            return Refused(StatusCodes.Status429TooManyRequests, T[LoginModel.NoTriesLeft]);
        }

        await registration.AskResetAsync(Username!);
        Sent = true;
        return Page();
    }
}

/// <summary>Bounds the mails that strangers can have sent: to one mailbox, and from one address of the network.</summary>
internal sealed class MailThrottle(Throttle throttle, IOptions<ThrottlingOptions> options)
{
    public async Task<bool> TakeAsync(HttpContext http, string mailbox) =>
        await throttle.TakeAsync(Throttle.Key("mail", mailbox.Trim().ToUpperInvariant()), options.Value.LoginAttempts, options.Value.LoginWindow)
        && await throttle.TakeAsync(Throttle.Key("mail-address", Throttle.Source(http.Connection.RemoteIpAddress)), options.Value.LoginAttempts * 2, options.Value.LoginWindow);
}
