using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.SignIn;

/// <summary>
/// Sign-in with a password or a passkey. Knows nothing of OAuth: it takes a return URL and goes back there, by way of the second step where there
/// is one.
/// </summary>
[AllowAnonymous]
internal sealed class LoginModel(PasswordSignIn passwords, Passkeys passkeys, SignInSteps steps, IOptions<UsersOptions> options) : FormPage
{
    /// <summary>One sentence for unknown, wrong, locked, disabled: the page must not tell which accounts exist (ASVS 5.0 6.3.8).</summary>
    public const string Wrong = "signin.wrong";

    public const string NoTriesLeft = "signin.no_tries";

    [BindProperty, Required(ErrorMessage = "signin.username_missing"), StringLength(256, ErrorMessage = "signin.username_long")]
    public string? Username { get; set; }

    [BindProperty, Required(ErrorMessage = "signin.password_missing"), StringLength(256, ErrorMessage = "signin.password_long"), DataType(DataType.Password)]
    public string? Password { get; set; }

    public bool MayRegister => options.Value.AllowRegistration;

    /// <summary>A passkey that the browser offered and nobody here has: it may forget it.</summary>
    public string? UnknownPasskey { get; private set; }

    public void OnGet([FromQuery(Name = "login_hint")] string? loginHint)
    {
        ModelState.Clear();
        Username = loginHint is { Length: <= 256 } ? loginHint : null;
        HttpContext.AllowFormTargets();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        HttpContext.AllowFormTargets();
        if (!await IsCompleteAsync())
        {
            return Again();
        }

        return Next(await passwords.TryAsync(HttpContext, Username!, Password!));
    }

    /// <summary>The browser answered with a passkey, from the button or from autofill.</summary>
    public async Task<IActionResult> OnPostPasskeyAsync([FromForm] string? ceremony, [FromForm] string? credential)
    {
        HttpContext.AllowFormTargets();
        ModelState.Clear();
        if (!await IsCompleteAsync())
        {
            return Again();
        }

        if (await passkeys.FinishAssertionAsync(HttpContext, ceremony, credential, expected: null) is not { User.DisabledAt: null } proof)
        {
            UnknownPasskey = await passkeys.UnknownIdAsync(credential);
            ModelState.AddModelError(string.Empty, T["passkey.refused"]);
            return Again(StatusCodes.Status401Unauthorized);
        }

        return Next(await steps.AfterFirstAsync(HttpContext, proof.User, proof.Amr));
    }

    /// <summary>What the browser needs to ask for a passkey. Anybody may ask; the answer names no account.</summary>
    public async Task<IActionResult> OnPostOptionsAsync()
    {
        ModelState.Clear();
        if (!await IsCompleteAsync())
        {
            return BadRequest();
        }

        var begun = await passkeys.BeginAssertionAsync(HttpContext, user: null);
        return Content($$"""{"ceremony":"{{begun.Id}}","options":{{begun.Options}}}""", "application/json");
    }

    private IActionResult Next(SignInOutcome outcome)
    {
        switch (outcome)
        {
            case SignInOutcome.Done:
                return Redirect(Back);

            case SignInOutcome.SecondFactor:
                return Redirect(By("/login/mfa"));

            case SignInOutcome.Enrol:
                return Redirect(By("/login/setup"));

            case SignInOutcome.Throttled:
                ModelState.AddModelError(string.Empty, T[NoTriesLeft]);
                return Again(StatusCodes.Status429TooManyRequests);

            default:
                ModelState.AddModelError(string.Empty, T[Wrong]);
                return Again(StatusCodes.Status401Unauthorized);
        }
    }

    private PageResult Again(int status = StatusCodes.Status400BadRequest)
    {
        Password = null;
        return Refused(status);
    }
}
