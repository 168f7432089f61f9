using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;

namespace OidcProvider.SignIn;

/// <summary>The second step with a recovery code, for who does not have the app or passkey at hand.</summary>
[AllowAnonymous]
internal sealed class RecoveryModel(SecondStep step) : FormPage
{
    [BindProperty]
    public string? Code { get; set; }

    public Stepping Stepping { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync()
    {
        HttpContext.AllowFormTargets();
        return await FindAsync() ?? Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        HttpContext.AllowFormTargets();
        if (await FindAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (string.IsNullOrWhiteSpace(Code))
        {
            return Refused(message: T["second.recovery_missing"], field: nameof(Code));
        }

        return await step.WithRecoveryCodeAsync(HttpContext, Stepping, Code) switch
        {
            SignInOutcome.Done => Redirect(Back),
            SignInOutcome.Throttled => Refused(StatusCodes.Status429TooManyRequests, T[LoginModel.NoTriesLeft]),
            _ => Refused(StatusCodes.Status401Unauthorized, T["second.recovery_wrong"], nameof(Code)),
        };
    }

    private async Task<IActionResult?> FindAsync()
    {
        if (await step.FindAsync(HttpContext) is not { } found)
        {
            return Redirect(By("/login"));
        }

        Stepping = found;
        return found.IsThrough ? Redirect(Back) : null;
    }
}
