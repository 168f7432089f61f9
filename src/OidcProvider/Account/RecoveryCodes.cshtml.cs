using Microsoft.AspNetCore.Mvc;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>How many recovery codes are left, and new ones, shown once.</summary>
internal sealed class RecoveryCodesModel(SecondFactors factors) : AccountPage
{
    public FactorState Factors { get; private set; } = new(false, 0, 0);

    public IReadOnlyList<string>? Codes { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        Factors = await factors.StateAsync(Me.Id);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await FreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        Factors = await factors.StateAsync(Me.Id);
        if (!await IsCompleteAsync() || !Factors.Any)
        {
            return Refused();
        }

        Codes = await factors.RenewRecoveryCodesAsync(Me.Id, Me.Id.ToString());
        return Page();
    }
}
