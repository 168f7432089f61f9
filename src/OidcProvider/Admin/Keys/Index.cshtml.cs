using Microsoft.AspNetCore.Authorization;
using OidcProvider.Hosting;
using OidcProvider.Keys;

namespace OidcProvider.Admin.Keys;

/// <summary>The server's keys and their phases.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.KeysRead)]
internal sealed class IndexModel(KeyDesk desk) : AdminPage
{
    public IReadOnlyList<KeyView> List { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation) => List = await desk.ListAsync(cancellation);
}
