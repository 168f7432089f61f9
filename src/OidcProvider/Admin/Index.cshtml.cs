using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Admin.Access;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Admin;

/// <summary>The first page of the administration: how much there is of everything. Open to whoever administers anything.</summary>
[Authorize(Policy = Permissions.OfPage + PermissionRequirement.Any)]
internal sealed class IndexModel(AppDbContext database) : AdminPage
{
    public IReadOnlyList<(string Name, int Count)> Counts { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation) => Counts =
    [
        ("Clients", await database.Clients.CountAsync(cancellation)),
        ("Users", await database.Users.CountAsync(cancellation)),
    ];
}
