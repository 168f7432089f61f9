using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Tokens;
using OidcProvider.Users;

namespace OidcProvider.Admin.Grants;

/// <summary>What users let apps do, newest first.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.GrantsRead)]
internal sealed class IndexModel(GrantDesk desk, UserDirectory users) : AdminPage
{
    /// <summary>The address of one user.</summary>
    [FromQuery(Name = "user")]
    public string? Name { get; set; }

    [FromQuery]
    public string? Client { get; set; }

    [FromQuery]
    public string? Cursor { get; set; }

    public IReadOnlyList<GrantView> List { get; private set; } = [];

    public Position? Next { get; private set; }

    public bool Narrowed => !string.IsNullOrWhiteSpace(Name) || !string.IsNullOrWhiteSpace(Client);

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        var user = string.IsNullOrWhiteSpace(Name) ? null : await users.FindByNameAsync(Name, cancellation);
        if (user is not null || string.IsNullOrWhiteSpace(Name))
        {
            (List, Next) = await desk.ListAsync(user?.Id, string.IsNullOrWhiteSpace(Client) ? null : Client.Trim(), Api.Cursor.Parse(Cursor)?.Position, 50, cancellation);
        }
    }
}
