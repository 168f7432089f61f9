using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.SignIn;

/// <summary>Setting up the authenticator app, for who must before going further. With a second factor already there, only that opens the way.</summary>
[AllowAnonymous]
internal sealed class SetupModel(SecondStep step, SecondFactors factors, IssuerUri issuer) : FormPage
{
    [BindProperty]
    public string? Code { get; set; }

    public Stepping Stepping { get; private set; } = null!;

    public AuthenticatorView? App { get; private set; }

    /// <summary>Shown once, in the answer to the right code.</summary>
    public IReadOnlyList<string>? RecoveryCodes { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        HttpContext.AllowFormTargets();
        return await FindAsync() ?? await ShowAsync();
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
            return await ShowAsync();
        }

        RecoveryCodes = await step.EnrolAsync(HttpContext, Stepping, Code ?? "");
        if (RecoveryCodes is not null)
        {
            return Page();
        }

        ModelState.AddModelError(nameof(Code), T["authenticator.code_wrong"]);
        return await ShowAsync();
    }

    private async Task<IActionResult> ShowAsync()
    {
        App = AuthenticatorView.Of(await factors.BeginAsync(Stepping.User.Id), issuer, Stepping.User);
        return ModelState.IsValid ? Page() : Refused();
    }

    private async Task<IActionResult?> FindAsync()
    {
        if (await step.FindAsync(HttpContext) is not { } found)
        {
            return Redirect(By("/login"));
        }

        Stepping = found;
        return found.Factors.Any ? Redirect(By("/login/mfa")) : null;
    }
}
