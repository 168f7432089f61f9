using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.SignIn;

/// <summary>Making an account. The page answers alike for a new address and a taken one; the mail tells them apart.</summary>
[AllowAnonymous]
internal sealed class RegisterModel(Registration registration, PasswordPolicy policy, Passwords passwords, MailThrottle mails, IOptions<UsersOptions> options) : FormPage
{
    [BindProperty, Required(ErrorMessage = "register.email_missing"), StringLength(256, ErrorMessage = "register.email_long")]
    public string? Email { get; set; }

    [BindProperty, StringLength(200, ErrorMessage = "register.name_long")]
    public string? GivenName { get; set; }

    [BindProperty, StringLength(200, ErrorMessage = "register.name_long")]
    public string? FamilyName { get; set; }

    [BindProperty, Required(ErrorMessage = "password.choose")]
    public string? Password { get; set; }

    public bool Sent { get; private set; }

    public int MinimumLength => policy.MinimumLength;

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        if (!options.Value.AllowRegistration)
        {
            context.Result = NotFound();
        }
    }

    public void OnGet() => ModelState.Clear();

    public async Task<IActionResult> OnPostAsync()
    {
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var wanted = new UserDefinition { Email = Email!.Trim(), GivenName = Text(GivenName), FamilyName = Text(FamilyName) };
        foreach (var problem in UserRules.Check(wanted, policy.MinimumLength))
        {
            ModelState.AddModelError(problem.Field switch { "email" => nameof(Email), "given_name" => nameof(GivenName), _ => nameof(FamilyName) }, T[problem.Field == "email" ? "register.email_wrong" : "register.name_wrong"]);
        }

        if (await policy.FaultAsync(Password!, [Email, GivenName, FamilyName]) is { } fault)
        {
            ModelState.AddModelError(nameof(Password), fault.Message);
        }

        if (!ModelState.IsValid)
        {
            return Refused();
        }

        if (!await mails.TakeAsync(HttpContext, Email!))
        {
            return Refused(StatusCodes.Status429TooManyRequests, T[LoginModel.NoTriesLeft]);
        }

        await registration.AskAsync(wanted.Email, wanted.GivenName, wanted.FamilyName, await passwords.HashAsync(Password!));
        Sent = true;
        return Page();
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
