using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Sessions;
using OidcProvider.Users;

namespace OidcProvider.SignIn;

/// <summary>The second step: a code of the authenticator app, or a passkey. Also where a signed-in user steps up.</summary>
[AllowAnonymous]
internal sealed class MfaModel(SecondStep step, SignInSteps steps, Passkeys passkeys) : FormPage
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public bool Trust { get; set; }

    public Stepping Stepping { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync()
    {
        HttpContext.AllowFormTargets();
        return await FindAsync() ?? Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        HttpContext.AllowFormTargets();
        if (await FindAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (string.IsNullOrWhiteSpace(Code))
        {
            return Refused(message: T["second.code_missing"], field: nameof(Code));
        }

        return Next(await step.WithCodeAsync(HttpContext, Stepping, Code, Trust), T["second.code_wrong"]);
    }

    public async Task<IActionResult> OnPostPasskeyAsync([FromForm] string? ceremony, [FromForm] string? credential)
    {
        HttpContext.AllowFormTargets();
        if (await FindAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (await passkeys.FinishAssertionAsync(HttpContext, ceremony, credential, Stepping.User.Id) is not { } proof)
        {
            return Refused(StatusCodes.Status401Unauthorized, T["passkey.refused_second"]);
        }

        await steps.CompleteAsync(HttpContext, Stepping.User.Id, AuthenticationContext.Add(Stepping.Amr, [.. proof.Amr]), trustDays: 0);
        return Next(SignInOutcome.Done, "");
    }

    public async Task<IActionResult> OnPostOptionsAsync()
    {
        if (await FindAsync() is not null)
        {
            return Unauthorized();
        }

        ModelState.Clear();
        if (!await IsCompleteAsync())
        {
            return BadRequest();
        }

        var begun = await passkeys.BeginAssertionAsync(HttpContext, Stepping.User);
        return Content($$"""{"ceremony":"{{begun.Id}}","options":{{begun.Options}}}""", "application/json");
    }

    // Who is not between the steps begins at the first; who has no second factor sets one up.
    private async Task<IActionResult?> FindAsync()
    {
        if (await step.FindAsync(HttpContext) is not { } found)
        {
            return Redirect(By("/login"));
        }

        Stepping = found;
        if (found.IsThrough)
        {
            return Redirect(Back);
        }

        return found.Factors.Any ? null : Redirect(By("/login/setup"));
    }

    private IActionResult Next(SignInOutcome outcome, string wrong) => outcome switch
    {
        SignInOutcome.Done => Redirect(Back),
        SignInOutcome.Throttled => Refused(StatusCodes.Status429TooManyRequests, T[LoginModel.NoTriesLeft]),
        _ => Refused(StatusCodes.Status401Unauthorized, wrong, nameof(Code)),
    };
}
