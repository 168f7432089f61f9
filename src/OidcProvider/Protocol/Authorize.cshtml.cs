using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OidcProvider.Hosting;
using OpenIddict.Server.AspNetCore;

namespace OidcProvider.Protocol;

/// <summary>
/// The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core 1.0 §3.1.2). The engine has validated the request by now;
/// <see cref="NextStep"/> decides, this page carries it out. Its own forms post back to it with a <c>decision</c>; only these need
/// the antiforgery token, since a client may post a request as well.
/// </summary>
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class AuthorizeModel(AuthorizeRequest requests, CodeIssue codes, RequestLanguage language, IAntiforgery antiforgery) : PageModel
{
    public ConsentView? Consent { get; private set; }

    public SelectAccountView? SelectAccount { get; private set; }

    public Task<IActionResult> OnGetAsync() => DecideAsync(Decision.None);

    public async Task<IActionResult> OnPostAsync()
    {
        if (!Request.Form.ContainsKey("decision"))
        {
            // A cross-site POST carries no SameSite=Lax cookie; the same request by GET does, and so finds the session.
            return Redirect(AuthorizeRequest.Url(Request, AuthorizeRequest.RawParameters(Request)));
        }

        // A form that outlived its token (two tabs, a closed laptop) is simply shown again.
        return await DecideAsync(await antiforgery.IsRequestValidAsync(HttpContext) ? Said(Request.Form["decision"]) : Decision.None);
    }

    private async Task<IActionResult> DecideAsync(Decision decision)
    {
        HttpContext.AllowFormTargets();
        var request = await requests.ReadAsync(HttpContext, decision);
        language.Follow(HttpContext, request.Request.UiLocales);
        ViewData["Here"] = AuthorizeRequest.Url(Request, request.Parameters);
        switch (NextStep.Decide(request.Input))
        {
            case Step.Login:
                return Redirect(requests.LoginUrl(HttpContext));

            case Step.StepUp:
                return Redirect(requests.LoginUrl(HttpContext, "/login/mfa"));

            case Step.SelectAccount:
                SelectAccount = request.SelectAccountView(RequestLanguage.WordsOf(HttpContext));
                return Page();

            case Step.Consent:
                Consent = await requests.ConsentViewAsync(request, RequestLanguage.WordsOf(HttpContext));
                return Page();

            case Step.Error error:
                await codes.RecordRefusalAsync(request, error);
                return Forbid(
                    new AuthenticationProperties(new Dictionary<string, string?>
                    {
                        [OpenIddictServerAspNetCoreConstants.Properties.Error] = error.Code,
                        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = error.Description,
                    }),
                    OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);

            default:
                return SignIn(await codes.PrepareAsync(request, decision), OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        }
    }

    private static Decision Said(string? value) => value switch
    {
        "allow" => Decision.Allow,
        "deny" => Decision.Deny,
        "continue" => Decision.ContinueAccount,
        "switch" => Decision.SwitchAccount,
        _ => Decision.None,
    };
}
