using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.ApiKeys;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.ApiKeys;

/// <summary>One key, and taking it out.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ApiKeysRead)]
internal sealed class DetailsModel(ApiKeyRegistry registry, AppDbContext database, TimeProvider time) : AdminPage
{
    public ApiKeyView Key { get; private set; } = null!;

    public bool CanRevoke => Key.RevokedAt is null && May(Permissions.ApiKeysWrite);

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellation) => await LoadAsync(id, cancellation) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellation)
    {
        if (!May(Permissions.ApiKeysWrite))
        {
            return NotAllowed();
        }

        if (!await LoadAsync(id, cancellation))
        {
            return NotFound();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        await registry.RevokeAsync(id, Caller.Actor, cancellation: cancellation);
        return Redirect($"{Request.PathBase}/admin/api-keys?done=revoked");
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancellation)
    {
        var found = await ApiKeyLists.FindAsync(database, id, time.GetUtcNow().UtcDateTime, cancellation);
        Key = found!;
        return found is not null;
    }
}
