using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OidcProvider.Hosting;

namespace OidcProvider.SignIn;

/// <summary>Sign-in with a password. Knows nothing of OAuth: it takes a return URL and goes back there.</summary>
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class LoginModel(SignInFlow flow, IAntiforgery antiforgery) : PageModel
{
    [BindProperty, Required(ErrorMessage = "Enter your e-mail address or user name."), StringLength(256, ErrorMessage = "The e-mail address or user name is too long.")]
    public string? Username { get; set; }

    [BindProperty, Required(ErrorMessage = "Enter your password."), StringLength(256, ErrorMessage = "The password is too long."), DataType(DataType.Password)]
    public string? Password { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public void OnGet([FromQuery(Name = "login_hint")] string? loginHint)
    {
        Username = loginHint is { Length: <= 256 } ? loginHint : null;
        HttpContext.AllowFormTargets();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        HttpContext.AllowFormTargets();
        if (!await antiforgery.IsRequestValidAsync(HttpContext))
        {
            // Asked for here and not by the filter, whose bare 400 would lose what was typed (two tabs, a closed laptop).
            ModelState.Clear();
            ModelState.AddModelError(string.Empty, "This page was open for too long. Enter your password again.");
            return Refused(StatusCodes.Status400BadRequest);
        }

        if (!ModelState.IsValid)
        {
            return Refused(StatusCodes.Status400BadRequest);
        }

        if (!await flow.WithPasswordAsync(HttpContext, Username!, Password!))
        {
            // One sentence for unknown, wrong, disabled: the page must not tell which accounts exist (ASVS 6.3.8).
            ModelState.AddModelError(string.Empty, "The username or password is incorrect.");
            return Refused(StatusCodes.Status401Unauthorized);
        }

        return Redirect(OidcProvider.SignIn.ReturnUrl.OrHome(ReturnUrl, Request.PathBase));
    }

    private PageResult Refused(int status)
    {
        Password = null;
        Response.StatusCode = status;
        return Page();
    }
}
