using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Sessions;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Logout;

/// <summary>
/// Signing out: of this server at <c>/logout</c>, and for a client at <c>/connect/logout</c> (OpenID Connect RP-Initiated Logout 1.0).
/// The link alone changes nothing; the user confirms with a button. A client that posts is not our form, so the token is asked for
/// only with the decision.
/// </summary>
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class EndSessionModel(RegistrySnapshot clients, IAntiforgery antiforgery) : PageModel
{
    private static readonly HashSet<string> OurFields = new(StringComparer.Ordinal) { "decision", "__RequestVerificationToken" };

    public bool Done { get; private set; }

    public string? ClientName { get; private set; }

    public string? Account { get; private set; }

    public string FormAction => $"{Request.PathBase}{Request.Path}";

    public IReadOnlyList<KeyValuePair<string, string>> Parameters =>
        [.. (Request.HasFormContentType ? Request.Form : Enumerable.Empty<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>>())
            .Concat(Request.Query)
            .Where(pair => !OurFields.Contains(pair.Key))
            .SelectMany(pair => pair.Value, (pair, value) => new KeyValuePair<string, string>(pair.Key, value ?? ""))];

    public async Task<IActionResult> OnGetAsync()
    {
        HttpContext.AllowFormTargets();
        await HttpContext.AuthenticateAsync(SessionAuthenticationHandler.SchemeName);
        if (SessionAuthenticationHandler.Current(HttpContext) is not { } session)
        {
            return await FinishAsync();
        }

        ViewData["Here"] = Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(FormAction, Parameters.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)));
        Account = session.User.FullName ?? session.User.Email;
        ClientName = (await AskingClientAsync())?.NameIn(RequestLanguage.WordsOf(HttpContext).Language);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (Request.Form["decision"] != "sign-out" || !await antiforgery.IsRequestValidAsync(HttpContext))
        {
            // Asked by a client, or by a form that is too old: the session cookie comes with a GET only (SameSite=Lax).
            return Request.Form.ContainsKey("decision")
                ? await OnGetAsync()
                : Redirect(Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(FormAction, Parameters.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value))));
        }

        await HttpContext.SignOutAsync(SessionAuthenticationHandler.SchemeName);
        return await FinishAsync();
    }

    private async Task<IActionResult> FinishAsync()
    {
        var request = HttpContext.GetOpenIddictServerRequest();
        // §3: back to the client only when it is known which client asks; a URI alone could be anybody's.
        if (request?.PostLogoutRedirectUri is { Length: > 0 } && await AskingClientAsync() is not null)
        {
            return SignOut(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        }

        Done = true;
        return Page();
    }

    private async Task<RegisteredClient?> AskingClientAsync()
    {
        if (HttpContext.GetOpenIddictServerRequest() is not { } request)
        {
            return null;
        }

        var hint = (await HttpContext.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        var clientId = hint?.GetClaim(Claims.AuthorizedParty) ?? hint?.GetAudiences().FirstOrDefault() ?? request.ClientId;
        return clientId is null ? null : (await clients.FindClientAsync(clientId, HttpContext.RequestAborted))?.Registered;
    }
}
