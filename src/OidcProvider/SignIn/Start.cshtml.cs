using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OidcProvider.Hosting;

namespace OidcProvider.SignIn;

/// <summary>What someone sees who types the server's address: who they are signed in as, and what they can do here.</summary>
[AllowAnonymous]
internal sealed class StartModel(IssuerUri issuer) : PageModel
{
    public string Issuer => issuer.Value;

    public bool SignedIn => User.Identity?.IsAuthenticated == true;

    public string? Name => User.FindFirst("name")?.Value;

    public string? Email => User.FindFirst("email")?.Value;
}
