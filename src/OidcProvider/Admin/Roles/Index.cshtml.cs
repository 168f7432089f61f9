using Microsoft.AspNetCore.Authorization;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Roles;

/// <summary>The roles, what they permit here, and how many hold them.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.UsersRead)]
internal sealed class IndexModel(RoleDesk desk) : AdminPage
{
    public IReadOnlyList<RoleView> List { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation) => List = await desk.ListAsync(cancellation);
}
