using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>Everybody who has an account: search, filters, the next page.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.UsersRead)]
internal sealed class IndexModel(UserSearch search, RoleDesk roles) : AdminPage
{
    /// <summary>The states that the list can be narrowed to.</summary>
    public static readonly IReadOnlyList<(string Value, string Words)> States =
        [("", "Any state"), ("enabled", "Enabled"), ("disabled", "Disabled"), ("locked", "Locked"), ("no-second-factor", "No second factor"), ("unverified", "Address not verified")];

    [FromQuery(Name = "q")]
    public string? Text { get; set; }

    [FromQuery]
    public string? Role { get; set; }

    [FromQuery]
    public string? State { get; set; }

    [FromQuery]
    public string? Sort { get; set; }

    [FromQuery]
    public string? Cursor { get; set; }

    public IReadOnlyList<UserRow> List { get; private set; } = [];

    public IReadOnlyList<string> Roles { get; private set; } = [];

    public Position? Next { get; private set; }

    public bool Narrowed => !string.IsNullOrWhiteSpace(Text) || !string.IsNullOrEmpty(Role) || !string.IsNullOrEmpty(State);

    /// <summary>Whether this administrator may switch this account.</summary>
    public bool MayChange(UserRow row) => row.User.Id != Caller.UserId && AdminRoles.MayChange(Caller.Roles, row.Roles);

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Roles = await roles.NamesAsync(cancellation);
        var found = await search.ListAsync(
            new UserQuery
            {
                Text = Text, Role = string.IsNullOrEmpty(Role) ? null : Role,
                Disabled = State switch { "disabled" => true, "enabled" => false, _ => null },
                Locked = State == "locked" ? true : null,
                SecondFactor = State == "no-second-factor" ? false : null,
                EmailVerified = State == "unverified" ? false : null,
                Order = Sort?.TrimStart('-') switch { "email" => UserOrder.Email, "name" => UserOrder.Name, "created_at" => UserOrder.CreatedAt, _ => UserOrder.Natural },
                Descending = Sort?.StartsWith('-') == true,
                After = Api.Cursor.Parse(Cursor)?.Position,
            }, cancellation);
        (List, Next) = (found.Rows, found.Next);
    }
}
