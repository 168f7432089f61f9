using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Account;

/// <summary>The authenticator app: setting it up, removing it.</summary>
internal sealed class AuthenticatorModel(SecondFactors factors, LastFactor last, IssuerUri issuer) : AccountPage
{
    [BindProperty]
    public string? Code { get; set; }

    public bool Present { get; private set; }

    public AuthenticatorView? App { get; private set; }

    /// <summary>Shown once, in the answer to the right code.</summary>
    public IReadOnlyList<string>? RecoveryCodes { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await FreshAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (await IsCompleteAsync() && !(await factors.StateAsync(Me.Id)).Authenticator)
        {
            if (await factors.ConfirmAsync(Me.Id, Code ?? ""))
            {
                await ShownAsync(AuthenticationMethodReferences.OneTimePassword);
                RecoveryCodes = await factors.RenewRecoveryCodesAsync(Me.Id, Me.Id.ToString());
                return Page();
            }

            ModelState.AddModelError(nameof(Code), T["authenticator.code_wrong"]);
        }

        return await ShowAsync();
    }

    public async Task<IActionResult> OnPostRemoveAsync()
    {
        if (await FreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return await ShowAsync();
        }

        if (await last.FaultAsync(Me, Live.Roles, passkey: false) is { } fault)
        {
            ModelState.AddModelError(string.Empty, fault.Message);
            return await ShowAsync();
        }

        await factors.RemoveAuthenticatorAsync(Me.Id, Me.Id.ToString());
        return Done("/account/authenticator", "app-removed");
    }

    private async Task<IActionResult> ShowAsync()
    {
        Present = (await factors.StateAsync(Me.Id)).Authenticator;
        App = Present ? null : AuthenticatorView.Of(await factors.BeginAsync(Me.Id), issuer, Me);
        return ModelState.IsValid ? Page() : Refused();
    }
}
