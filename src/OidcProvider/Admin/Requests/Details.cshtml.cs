using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Audit;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Requests;

/// <summary>One refused request, explained.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.RequestsRead)]
internal sealed class DetailsModel(RefusedRequests refused) : AdminPage
{
    public ExplainedRequest Found { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        if (await refused.FindAsync(id, cancellation) is not { } found)
        {
            HttpContext.Items[ErrorModel.NoticeKey] = new ErrorNotice("No such request", "No request of this reference was refused in the last 24 hours.");
            return NotFound();
        }

        Found = found;
        return Page();
    }
}
