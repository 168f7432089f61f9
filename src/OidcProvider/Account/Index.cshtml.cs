using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Languages;
using OidcProvider.Sessions;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>The profile: names, as apps see them, and the language.</summary>
internal sealed class IndexModel(Profile profile, SecondFactors factors, RequestLanguage requested) : AccountPage
{
    [BindProperty, StringLength(200, ErrorMessage = "register.name_long")]
    public string? GivenName { get; set; }

    [BindProperty, StringLength(200, ErrorMessage = "register.name_long")]
    public string? FamilyName { get; set; }

    [BindProperty, StringLength(200, ErrorMessage = "register.name_long")]
    public string? DisplayName { get; set; }

    /// <summary>The tag of one of the languages spoken here; nothing: as the browser asks.</summary>
    [BindProperty]
    public string? Locale { get; set; }

    /// <summary>Whether a passkey is offered here.</summary>
    public bool Offer => PasskeyOffer.IsDue(HttpContext, Live, Factors.Passkeys);

    public FactorState Factors { get; private set; } = new(false, 0, 0);

    public async Task OnGetAsync()
    {
        (GivenName, FamilyName, DisplayName, Locale) = (Me.GivenName, Me.FamilyName, Me.DisplayName, Language.Find(Me.Locale)?.Tag);
        Factors = await factors.StateAsync(Me.Id);
    }

    /// <summary>"Not now": the offer of a passkey stays away from this browser for three months.</summary>
    public async Task<IActionResult> OnPostLaterAsync()
    {
        if (await IsCompleteAsync())
        {
            PasskeyOffer.Snooze(HttpContext);
        }

        return Redirect($"{Request.PathBase}/account");
    }

    public async Task<IActionResult> OnPostAsync()
    {
        Factors = await factors.StateAsync(Me.Id);
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var chosen = Language.All.FirstOrDefault(language => language.Tag == Locale);
        await profile.SaveAsync(Me.Id, GivenName, FamilyName, DisplayName, chosen);
        if (Language.Find(Me.Locale) != chosen)
        {
            requested.Choose(HttpContext, chosen);
        }

        return Done("/account", "profile");
    }
}
