using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.FirstOwner;

/// <summary>
/// What the link that the server prints at its first start opens: address and password of the first owner. Signing in then asks for a second factor, as it
/// does of everybody who administers. Anyone may open it; without a live link it opens nothing.
/// </summary>
[AllowAnonymous]
internal sealed class IndexModel(OidcProvider.Users.FirstOwner owner, PasswordPolicy policy) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool Dead { get; private set; }

    public int MinimumLength => policy.MinimumLength;

    public async Task<IActionResult> OnGetAsync() => await owner.IsOpenAsync(Token) ? Page() : Expired();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!await owner.IsOpenAsync(Token))
        {
            return Expired();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var made = await owner.ClaimAsync(Token, Email ?? "", Password ?? "", cancellation);
        if (made.Succeeded)
        {
            return Redirect($"{Request.PathBase}/login?returnUrl={Uri.EscapeDataString($"{Request.PathBase}/admin")}&login_hint={Uri.EscapeDataString(made.Value.Email!)}");
        }

        if (made.Problems[0].Code == OidcProvider.Users.FirstOwner.Dead)
        {
            return Expired();
        }

        foreach (var problem in made.Problems)
        {
            ModelState.AddModelError(problem.Field switch { "email" => nameof(Email), "password" => nameof(Password), _ => "" }, problem.Code == UserRules.InvalidUser ? T["register.email_wrong"] : problem.Message);
        }

        return Refused();
    }

    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Expired()
    {
        Dead = true;
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }
}
