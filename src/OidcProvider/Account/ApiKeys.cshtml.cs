using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using OidcProvider.ApiKeys;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>
/// The user's own API keys, where the settings let users have some. All of it asks for a fresh sign-in: a key acts for the user until it expires.
/// </summary>
internal sealed class ApiKeysModel(ApiKeyRegistry registry, AppDbContext database, IOptions<ApiKeysOptions> options, TimeProvider time) : AccountPage
{
    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    [BindProperty(Name = "scope")]
    public List<string> Chosen { get; set; } = [];

    [BindProperty(Name = "days")]
    public int? Days { get; set; }

    public IReadOnlyList<ApiKeyView> List { get; private set; } = [];

    public IReadOnlyList<ScopeDefinition> Scopes { get; private set; } = [];

    public IssuedApiKey? Made { get; private set; }

    public int MostDays => (int)options.Value.MaxLifetime.TotalDays;

    // A user acts with all their roles; which of them a scope needs is decided when the key is used, too.
    private ApiKeyMaker Maker => new(Me.Id.ToString(), Me.Id, Live.Roles, AdminRoles.PermissionsOf(Live.Roles));

    public async Task<IActionResult> OnGetAsync()
    {
        Days = (int)options.Value.DefaultLifetime.TotalDays;
        return await ClosedAsync() ?? await ShowAsync();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (await ClosedAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await IsCompleteAsync())
        {
            return await ShowAsync();
        }

        var end = Days is { } days && days > 0 && days <= MostDays ? time.GetUtcNow().UtcDateTime.AddDays(days) : time.GetUtcNow().UtcDateTime;
        var made = await registry.MakeAsync(Me, new(Name, Chosen, end), Maker);
        if (made.Succeeded)
        {
            Made = made.Value;
            Response.Headers.CacheControl = "no-store";
            (Name, Chosen) = (null, []);
            ModelState.Clear();
        }

        foreach (var problem in made.Problems.DistinctBy(problem => problem.Field))
        {
            var (field, words) = problem.Field switch
            {
                "name" => ("name", T["api_keys.name_wrong"]),
                "scope" => ("scope", T["api_keys.scope_wrong"]),
                "expires_at" => ("days", T["api_keys.days_wrong", ("days", MostDays)]),
                _ => ("", T["api_keys.refused"]),
            };
            ModelState.AddModelError(field, words);
        }

        return await ShowAsync();
    }

    public async Task<IActionResult> OnPostRevokeAsync([FromForm] Guid id)
    {
        if (await ClosedAsync() is { } elsewhere)
        {
            return elsewhere;
        }

        ModelState.Clear();
        if (!await IsCompleteAsync())
        {
            return await ShowAsync();
        }

        await registry.RevokeAsync(id, Me.Id.ToString(), holder: Me.Id);
        return Done("/account/api-keys", "key-revoked");
    }

    private async Task<IActionResult?> ClosedAsync() => options.Value.AllowForUsers ? await FreshAsync() : NotFound();

    private async Task<PageResult> ShowAsync()
    {
        var now = time.GetUtcNow().UtcDateTime;
        List = [.. (await ApiKeyLists.ListAsync(database, new(UserId: Me.Id, Take: 200), now)).Where(key => key.RevokedAt is null)];
        Scopes = await registry.GrantableAsync(Me, Maker);
        return ModelState.IsValid ? Page() : Refused();
    }
}
