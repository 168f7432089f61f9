using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Sessions;
using OidcProvider.Users;

namespace OidcProvider.SignIn;

/// <summary>Setting up the authenticator app, for who must before going further. With a second factor already there, only that opens the way.</summary>
[AllowAnonymous]
internal sealed class SetupModel(SecondStep step, SecondFactors factors, IssuerUri issuer, TimeProvider time) : FormPage
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
        if (found.IsThrough)
        {
            return Redirect(Back);
        }

        // A session alone, perhaps one that somebody else got hold of, does not set up what will guard the account (ASVS 5.0 7.5.1).
        if (found.Session is { } session && !FreshProof.IsFresh(session, time.GetUtcNow()))
        {
            return Redirect(FreshProof.Url(this, found.User));
        }

        return found.Factors.Any ? Redirect(By("/login/mfa")) : null;
    }
}
