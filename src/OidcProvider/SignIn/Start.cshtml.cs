using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OidcProvider.Hosting;
using OidcProvider.Sessions;
using OidcProvider.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.SignIn;

/// <summary>What someone sees who types the server's address: who they are signed in as, and what they can do here.</summary>
[AllowAnonymous]
internal sealed class StartModel(IssuerUri issuer, SecondFactors factors) : PageModel
{
    public string Issuer => issuer.Value;

    public bool SignedIn { get; private set; }

    /// <summary>Whether a passkey is offered here.</summary>
    public bool Offer { get; private set; }

    public string? Name { get; private set; }

    public string? Email { get; private set; }

    public async Task OnGetAsync()
    {
        var session = (await HttpContext.AuthenticateAsync(SessionAuthenticationHandler.SchemeName)).Principal;
        SignedIn = session is not null;
        Name = session?.FindFirst(Claims.Name)?.Value;
        Email = session?.FindFirst(Claims.Email)?.Value;
        Offer = SessionAuthenticationHandler.Current(HttpContext) is { } live && PasskeyOffer.IsDue(HttpContext, live, (await factors.StateAsync(live.User.Id)).Passkeys);
    }

    /// <summary>"Not now": the offer of a passkey stays away from this browser for three months.</summary>
    public IActionResult OnPostLater()
    {
        PasskeyOffer.Snooze(HttpContext);
        return Redirect($"{Request.PathBase}/");
    }
}
