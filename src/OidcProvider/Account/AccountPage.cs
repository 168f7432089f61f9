using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Sessions;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>A page of the signed-in user's own account.</summary>
[Authorize]
internal abstract class AccountPage : FormPage
{
    public LiveSession Live => SessionAuthenticationHandler.Current(HttpContext)!;

    /// <summary>The user as of this request; changes are made by id.</summary>
    public User Me => Live.User;

    /// <summary>Said at the top after a change, by the page that was redirected to.</summary>
    public string? Notice => Request.Query["done"].ToString() is { Length: > 0 and <= 30 } key && T.Has(DoneKeys + key) ? T[DoneKeys + key] : null;

    private const string DoneKeys = "account.done.";

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        ViewData["Wide"] = true;
        base.OnPageHandlerExecuting(context);
    }

    /// <summary>
    /// Null when the user proved a moment ago who they are, with the second factor if there is one (ASVS 5.0 7.5.1); otherwise the way to do so.
    /// </summary>
    protected async Task<IActionResult?> FreshAsync()
    {
        var here = $"{Request.PathBase}{Request.Path}";
        if (!FreshProof.IsFresh(Live.Session, HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()))
        {
            return Redirect(FreshProof.Url(this, Me));
        }

        return Live.Session.Acr != AuthenticationContext.TwoFactors && (await HttpContext.RequestServices.GetRequiredService<SecondFactors>().StateAsync(Me.Id)).Any
            ? Redirect($"{Request.PathBase}/login/mfa?returnUrl={Uri.EscapeDataString(here)}")
            : null;
    }

    /// <summary>A factor that was just set up has been shown: it counts from now on, under a new handle, and does not make the sign-in any fresher.</summary>
    protected Task ShownAsync(params string[] amr) =>
        SessionAuthenticationHandler.SignInAsync(HttpContext, Me.Id, AuthenticationContext.Add(AuthenticationContext.Split(Live.Session.Amr), amr), Live.Session.AuthenticatedAt);

    protected IActionResult Done(string path, string notice) => Redirect($"{Request.PathBase}{path}?done={notice}");
}
