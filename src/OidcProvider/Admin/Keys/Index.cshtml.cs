using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OidcProvider.Keys;

namespace OidcProvider.Admin.Keys;

/// <summary>The server's keys: their phases along time, the next one ahead of time, the way to take one out at once.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.KeysRead)]
internal sealed class IndexModel(KeyDesk desk, TimeProvider time, IOptions<KeysOptions> options) : AdminPage
{
    public IReadOnlyList<KeyView> List { get; private set; } = [];

    public KeyTimeline Timeline { get; private set; } = null!;

    public KeysOptions Settings => options.Value;

    /// <summary>Algorithms whose next key is not announced yet.</summary>
    public IEnumerable<string> Rotatable => List.Select(key => key.Algorithm).Distinct().Where(algorithm => !List.Any(key => key.Algorithm == algorithm && key.Phase == "announced"));

    /// <summary><c>rotated</c> or <c>revoked</c>, after the deed.</summary>
    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public Task OnGetAsync(CancellationToken cancellation) => ReadAsync(cancellation);

    public async Task<IActionResult> OnPostAsync([FromForm] string? algorithm, CancellationToken cancellation)
    {
        if (!May(Permissions.KeysWrite))
        {
            return NotAllowed();
        }

        await ReadAsync(cancellation);
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var rotated = await desk.RotateAsync(algorithm ?? "", Caller.Actor, cancellation);
        return rotated.Succeeded ? Redirect($"{Request.PathBase}/admin/keys?done=rotated") : Refused(rotated.Problems);
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        List = await desk.ListAsync(cancellation);
        Timeline = KeyTimeline.Of(List, time.GetUtcNow().UtcDateTime, options.Value.RotateAfter);
    }
}
