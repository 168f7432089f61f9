using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>Passkeys: adding, naming, removing. Adding asks for a fresh sign-in, since a passkey opens the account by itself.</summary>
internal sealed class PasskeysModel(Passkeys passkeys, SecondFactors factors, LastFactor last, IssuerUri issuer) : AccountPage
{
    public IReadOnlyList<UserPasskeyInfo> Keys { get; private set; } = [];

    public IReadOnlyDictionary<string, DateTime> LastUses { get; private set; } = new Dictionary<string, DateTime>();

    public FactorState Factors { get; private set; } = new(false, 0, 0);

    /// <summary>What the browser tells the keepers of passkeys, so that they offer none that is gone (WebAuthn Level 3 §5.1.10).</summary>
    public string Signal => JsonSerializer.Serialize(new
    {
        rpId = issuer.Host.Host, userId = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(Me.Id.ToString())), allAcceptedCredentialIds = Keys.Select(Passkeys.IdOf),
        name = Me.Email ?? Me.UserName, displayName = Me.FullName ?? Me.Email ?? Me.UserName,
    });

    /// <summary>How one signs in when a passkey is gone.</summary>
    public string WaysWithout => T[(Me.PasswordHash, Factors.Authenticator) switch
    {
        (not null, true) => "passkeys.left_app",
        (not null, false) => "passkeys.left_password",
        _ => "passkeys.left_none",
    }];

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

        var added = await passkeys.FinishAttestationAsync(HttpContext, Me, ceremony, credential, name);
        if (!added.Succeeded)
        {
            ModelState.AddModelError(string.Empty, added.Problems[0].Message);
            return await ShowAsync();
        }

        await ShownAsync(added.Value);

        return Done("/account/passkeys", "passkey-added");
    }

    public Task<IActionResult> OnPostRenameAsync([FromForm] string? id, [FromForm] string? name) => ChangeAsync(() => passkeys.RenameAsync(Me, id, name), "passkey-renamed");

    public Task<IActionResult> OnPostRemoveAsync([FromForm] string? id) => ChangeAsync(() => passkeys.RemoveAsync(Me, id), "passkey-removed", remove: true);

    private async Task<IActionResult> ChangeAsync(Func<Task<bool>> change, string done, bool remove = false)
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

        if (remove && await last.FaultAsync(Me, Live.Roles, passkey: true) is { } fault)
        {
            ModelState.AddModelError(string.Empty, fault.Message);
            return await ShowAsync();
        }

        await change();
        return Done("/account/passkeys", done);
    }

    private async Task<PageResult> ShowAsync()
    {
        Keys = await passkeys.ListAsync(Me);
        LastUses = await passkeys.LastUsesAsync(Me);
        Factors = await factors.StateAsync(Me.Id);
        return ModelState.IsValid ? Page() : Refused();
    }
}
