using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Sessions;

/// <summary>Where everybody is signed in, newest first.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.SessionsRead)]
internal sealed class IndexModel(SessionDesk desk, UserDirectory users) : AdminPage
{
    /// <summary>The address of one user.</summary>
    [FromQuery(Name = "user")]
    public string? Name { get; set; }

    [FromQuery]
    public string? Cursor { get; set; }

    public IReadOnlyList<SessionView> List { get; private set; } = [];

    public Position? Next { get; private set; }

    /// <summary>The name that was looked for belongs to nobody.</summary>
    public bool Unknown { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        var user = string.IsNullOrWhiteSpace(Name) ? null : await users.FindByNameAsync(Name, cancellation);
        Unknown = user is null && !string.IsNullOrWhiteSpace(Name);
        if (!Unknown)
        {
            (List, Next) = await desk.ListAsync(user?.Id, Api.Cursor.Parse(Cursor)?.Position, 50, cancellation);
        }
    }
}
