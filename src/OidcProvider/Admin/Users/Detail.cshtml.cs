using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Tokens;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>One account, in tabs. What may be changed by whom is asked of <see cref="AdminRoles"/>, here to show it and by the desks to allow it.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.UsersRead)]
internal sealed class DetailModel(UserReader reader, UserDesk desk, UserStanding standing, SessionDesk sessions, AppDbContext database) : AdminPage
{
    public static readonly IReadOnlyList<(string Value, string Words)> Tabs = [("", "Profile"), ("roles", "Roles"), ("sign-in", "Sign-in methods"), ("sessions", "Sessions"), ("apps", "Connected apps"), ("activity", "Security activity")];

    [FromRoute]
    public Guid Id { get; set; }

    [FromRoute]
    public string? Tab { get; set; }

    [FromForm]
    public string? Version { get; set; }

    [FromQuery]
    public string? Cursor { get; set; }

    public UserAnswer Account { get; private set; } = null!;

    public UserForm Form { get; private set; } = new();

    public string Title => Account.Profile.Email;

    /// <summary>Whether this administrator may change this account at all.</summary>
    public bool MayChange => May(Permissions.UsersWrite) && AdminRoles.MayChange(Caller.Roles, Account.Profile.Roles ?? []);

    public IReadOnlyList<string> AllRoles { get; private set; } = [];

    public IReadOnlyList<SessionView> Sessions { get; private set; } = [];

    public IReadOnlyList<ConnectedApp> Apps { get; private set; } = [];

    public Found<AuditRecord> Activity { get; private set; } = new([], null);

    public async Task<IActionResult> OnGetAsync() => await LoadAsync() ? Page() : NotFound();

    public Task<IActionResult> OnPostProfileAsync([FromForm] UserForm form) => ChangeAsync(profile =>
    {
        Form = form;
        return form.Write(profile);
    });

    public Task<IActionResult> OnPostRolesAsync([FromForm] string[] roles, [FromForm] string? more) => ChangeAsync(profile =>
        profile with { Roles = [.. roles.Concat((more ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.OrdinalIgnoreCase)] });

    public Task<IActionResult> OnPostVerifyAsync() => ChangeAsync(profile => profile with { EmailVerified = true }, "verified");

    public Task<IActionResult> OnPostEnableAsync(CancellationToken cancellation) => ActAsync(() => standing.EnableAsync(Caller.Acting, Id, cancellation), "enabled");

    public Task<IActionResult> OnPostUnlockAsync(CancellationToken cancellation) => ActAsync(() => standing.UnlockAsync(Caller.Acting, Id, cancellation), "unlocked");

    private Task<IActionResult> ChangeAsync(Func<UserDefinition, Result<UserDefinition>> change, string done = "saved") => ActAsync(async () =>
    {
        var wanted = change(Account.Profile);
        return wanted.Succeeded ? await desk.ReplaceAsync(Caller.Acting, Id, wanted.Value, Version, HttpContext.RequestAborted) : wanted.Problems.ToList();
    }, done);

    private async Task<IActionResult> ActAsync(Func<Task<Result<User>>> act, string done)
    {
        if (!May(Permissions.UsersWrite))
        {
            return NotAllowed();
        }

        if (!await LoadAsync())
        {
            return NotFound();
        }

        if (!MayChange)
        {
            return NotAllowed();
        }

        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        var result = await act();
        return result.Succeeded ? Redirect($"{Request.PathBase}/admin/users/{Id}{(string.IsNullOrEmpty(Tab) ? "" : $"/{Tab}")}?done={done}") : Refused(result.Problems);
    }

    private async Task<bool> LoadAsync()
    {
        if (Tabs.All(tab => tab.Value != (Tab ?? "")) || await reader.FindAsync(Id, HttpContext.RequestAborted) is not { } read)
        {
            return false;
        }

        (Account, Form) = (read.Answer, UserForm.Of(read.Answer.Profile));
        Version ??= read.Version;
        switch (Tab)
        {
            case "roles":
                AllRoles = await HttpContext.RequestServices.GetRequiredService<RoleDesk>().NamesAsync(HttpContext.RequestAborted);
                break;
            case "sessions":
                Sessions = (await sessions.ListAsync(Id, null, 200, HttpContext.RequestAborted)).Rows;
                break;
            case "apps":
                Apps = await HttpContext.RequestServices.GetRequiredService<ConnectedApps>().ListAsync(Id, HttpContext.RequestAborted);
                break;
            case "activity":
                await LoadActivityAsync();
                break;
        }

        return true;
    }

    private async Task LoadActivityAsync()
    {
        const int Lines = 50;
        var subject = Id.ToString();
        var last = Api.Cursor.Parse(Cursor) is { Value: { } text, Id: var id } && DateTime.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.RoundtripKind, out var at) ? (at, id) : ((DateTime, Guid)?)null;
        var rows = await database.AuditRecords.AsNoTracking().Where(row => row.Subject == subject).After(row => row.At, row => row.Id, last, descending: true)
            .OrderByDescending(row => row.At).ThenByDescending(row => row.Id).Take(Lines + 1).ToListAsync();
        Activity = Keyset.Page(rows, Lines, row => new(row.At.ToString("O", System.Globalization.CultureInfo.InvariantCulture), row.Id));
    }
}
