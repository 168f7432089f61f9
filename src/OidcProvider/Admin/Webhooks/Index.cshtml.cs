using Microsoft.AspNetCore.Authorization;
using OidcProvider.Hosting;
using OidcProvider.Webhooks;

namespace OidcProvider.Admin.Webhooks;

/// <summary>All webhooks and whether they work.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.WebhooksRead)]
internal sealed class IndexModel(WebhookRegistry registry) : AdminPage
{
    public IReadOnlyList<WebhookView> List { get; private set; } = [];

    public bool Removed => Request.Query["done"] == "removed";

    public async Task OnGetAsync(CancellationToken cancellation) => List = await registry.ListAsync(cancellation);
}
