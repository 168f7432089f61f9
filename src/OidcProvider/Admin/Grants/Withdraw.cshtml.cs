using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Tokens;
using OidcProvider.Users;

namespace OidcProvider.Admin.Grants;

/// <summary>Asks before a grant is withdrawn, and withdraws it.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.GrantsWrite)]
internal sealed class WithdrawModel(GrantDesk desk, GrantWithdrawal withdrawal) : AdminPage
{
    [FromRoute]
    public Guid Id { get; set; }

    public GrantView Grant { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync() => await LoadAsync() ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!await LoadAsync())
        {
            return NotFound();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        return await withdrawal.OneAsync(Caller.Acting, Id, cancellation) switch
        {
            null => Redirect($"{Request.PathBase}/admin/grants?done=withdrawn"),
            { Code: UserGate.Forbidden } => NotAllowed(),
            var fault => Refused([fault]),
        };
    }

    private async Task<bool> LoadAsync() => (Grant = (await desk.FindAsync(Id, HttpContext.RequestAborted))!) is not null;
}
