using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>Passkeys: adding, naming, removing. Adding asks for a fresh sign-in, since a passkey opens the account by itself.</summary>
internal sealed class PasskeysModel(Passkeys passkeys) : AccountPage
{
    public IReadOnlyList<UserPasskeyInfo> Keys { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync() => await FreshAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostOptionsAsync()
    {
        if (await FreshAsync() is not null)
        {
            return Unauthorized();
        }

        if (!await IsCompleteAsync())
        {
            return BadRequest();
        }

        var begun = await passkeys.BeginAttestationAsync(HttpContext, Me);
        return Content($$"""{"ceremony":"{{begun.Id}}","options":{{begun.Options}}}""", "application/json");
    }

    public async Task<IActionResult> OnPostAddAsync([FromForm] string? ceremony, [FromForm] string? credential, [FromForm] string? name)
    {
        if (await FreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        ModelState.Clear();
        if (!await IsCompleteAsync())
        {
            return await ShowAsync();
        }

        if (await passkeys.FinishAttestationAsync(HttpContext, Me, ceremony, credential, name) is { } fault)
        {
            ModelState.AddModelError(string.Empty, fault.Message);
            return await ShowAsync();
        }

        return Done("/account/passkeys", "passkey-added");
    }

    public Task<IActionResult> OnPostRenameAsync([FromForm] string? id, [FromForm] string? name) => ChangeAsync(() => passkeys.RenameAsync(Me, id, name), "passkey-renamed");

    public Task<IActionResult> OnPostRemoveAsync([FromForm] string? id) => ChangeAsync(() => passkeys.RemoveAsync(Me, id), "passkey-removed");

    private async Task<IActionResult> ChangeAsync(Func<Task<bool>> change, string done)
    {
        if (await FreshAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        ModelState.Clear();
        if (!await IsCompleteAsync())
        {
            return await ShowAsync();
        }

        await change();
        return Done("/account/passkeys", done);
    }

    private async Task<PageResult> ShowAsync()
    {
        Keys = await passkeys.ListAsync(Me);
        return ModelState.IsValid ? Page() : Refused();
    }
}
