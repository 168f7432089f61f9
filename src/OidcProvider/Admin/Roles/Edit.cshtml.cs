using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Declarations;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Roles;

/// <summary>Renames or removes an application's role, saying first how many hold it.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.UsersWrite)]
internal sealed class EditModel(RoleDesk desk, UserSearch search) : AdminPage
{
    private const int Shown = 20;

    /// <summary>The role as it is called now.</summary>
    [FromQuery(Name = "name")]
    public string? Role { get; set; }

    [FromForm(Name = "name")]
    public string? Wanted { get; set; }

    public RoleView View { get; private set; } = null!;

    /// <summary>The role as a file has it, which is at those who hold it; null when they are many.</summary>
    public Equivalent? AsFile { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await LoadAsync() ? Page() : NotFound();

    public Task<IActionResult> OnPostRenameAsync(CancellationToken cancellation) => ActAsync(() => desk.RenameAsync(Caller.Acting, View.Name, Wanted?.Trim() ?? "", cancellation), "renamed");

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken cancellation) => ActAsync(() => desk.RemoveAsync(Caller.Acting, View.Name, cancellation), "removed");

    private async Task<IActionResult> ActAsync(Func<Task<Result<RoleView>>> act, string done)
    {
        if (!await LoadAsync())
        {
            return NotFound();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var result = await act();
        return result.Succeeded ? Redirect($"{Request.PathBase}/admin/roles?done={done}") : Refused(result.Problems);
    }

    private async Task<bool> LoadAsync()
    {
        View = (await desk.ListAsync(HttpContext.RequestAborted)).FirstOrDefault(role => !role.Administers && role.Name == Role)!;
        if (View is { Users: > 0 and <= Shown })
        {
            var holders = (await search.ListAsync(new UserQuery { Role = View.Name, Take = Shown }, HttpContext.RequestAborted)).Rows;
            AsFile = Equivalent.Of(View.Name, holders.Select(row => (row.User.Email!, row.Roles, row.User.DisabledAt is not null)));
        }

        return View is not null;
    }
}
