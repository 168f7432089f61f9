using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Keys;

namespace OidcProvider.Admin.Keys;

/// <summary>Takes a key out at once, after saying what breaks.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.KeysWrite)]
internal sealed class RevokeModel(KeyDesk desk, RevocationImpact impact) : AdminPage
{
    public KeyView Key { get; private set; } = null!;

    public IReadOnlyList<string> Breaks { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string kid, CancellationToken cancellation) => await FindAsync(kid, cancellation) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string kid, CancellationToken cancellation)
    {
        if (!await FindAsync(kid, cancellation))
        {
            return NotFound();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var revoked = await desk.RevokeAsync(kid, Caller.Actor, cancellation);
        return revoked.Succeeded ? Redirect($"{Request.PathBase}/admin/keys?done=revoked") : Refused(revoked.Problems);
    }

    private async Task<bool> FindAsync(string kid, CancellationToken cancellation)
    {
        if ((await desk.ListAsync(cancellation)).FirstOrDefault(key => key.Kid == kid && key.Phase != "revoked") is not { } found)
        {
            return false;
        }

        Key = found;
        Breaks = await impact.OfAsync(found, cancellation);
        return true;
    }
}
