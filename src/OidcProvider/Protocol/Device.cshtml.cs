using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Sessions;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol;

/// <summary>
/// Where the user types the code of a device (RFC 8628 §3.3). A code in the query only fills the form: the user always sees which app
/// asks and confirms (§5.4). Only for signed-in users.
/// </summary>
[Authorize]
internal sealed class DeviceModel(RegistrySnapshot registry, GrantPrincipal principals, CodeIssue grants, AuditLog audit) : PageModel
{
    public DeviceView? Found { get; private set; }

    /// <summary><c>approved</c> or <c>denied</c>, once decided.</summary>
    public string? Done { get; private set; }

    public string? UserCode { get; private set; }

    public async Task<IActionResult> OnGetAsync([FromQuery] string? result)
    {
        Done = result is "approved" or "denied" ? result : null;
        UserCode = Typed();
        if (string.IsNullOrWhiteSpace(UserCode))
        {
            return Page();
        }

        if (await FindAsync() is not { } found)
        {
            return Wrong();
        }

        Found = found.View;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromForm] string? decision)
    {
        UserCode = Typed();
        if (await FindAsync() is not { } found)
        {
            return Wrong();
        }

        var session = SessionAuthenticationHandler.Current(HttpContext)!;
        var subject = session.User.Id.ToString();
        switch (decision)
        {
            case "allow":
                audit.Append(AuditEvents.DeviceApproved, subject, subject, found.Client.ClientId);
                var facts = AuthenticationFacts.Of(session.Session) with { SessionId = null };
                var principal = await principals.ForUserAsync(session.User, session.Roles, found.Scopes, facts, HttpContext.RequestAborted);
                principal.SetAuthorizationId(grants.Grant(found.Client, session.User.Id, found.Scopes, sessionId: null));
                return SignIn(principal, Back("approved"), OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);

            case "deny":
                await audit.WriteAsync(AuditEvents.DeviceDenied, subject, subject, found.Client.ClientId);
                return Forbid(Back("denied"), OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);

            default:
                Found = found.View;
                return Page();
        }
    }

    private sealed record Waiting(RegisteredClient Client, IReadOnlyList<string> Scopes, DeviceView View);

    private async Task<Waiting?> FindAsync()
    {
        var waiting = (await HttpContext.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        if (waiting?.GetClaim(Claims.ClientId) is not { } clientId || (await registry.FindClientAsync(clientId, HttpContext.RequestAborted))?.Registered is not { Disabled: false } client)
        {
            return null;
        }

        var session = SessionAuthenticationHandler.Current(HttpContext)!;
        var words = RequestLanguage.WordsOf(HttpContext);
        var definition = client.Definition.In(words.Language);
        var asked = await registry.FindScopesAsync(waiting.GetScopes(), HttpContext.RequestAborted);
        return new Waiting(client, waiting.GetScopes(), new DeviceView(
            definition.ClientName!, definition.LogoUri, UserCode!, PendingAuthorization.AccountName(session), session.User.Email,
            ScopeText.Of(asked, words), definition.Colors()));
    }

    private string? Typed() => HttpContext.GetOpenIddictServerRequest()?.UserCode;

    private PageResult Wrong()
    {
        Response.StatusCode = StatusCodes.Status400BadRequest;
        ModelState.AddModelError("user_code", RequestLanguage.WordsOf(HttpContext)["device.wrong"]);
        return Page();
    }

    private AuthenticationProperties Back(string result) => new() { RedirectUri = $"{Request.PathBase}/device?result={result}" };
}
