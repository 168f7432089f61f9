using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OidcProvider.ApiKeys;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.ApiKeys;

/// <summary>Makes a key for a user. The answer to the form shows it, this once.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ApiKeysWrite)]
internal sealed class NewModel(ApiKeyRegistry registry, UserDirectory users, RegistrySnapshot scopes, IOptions<ApiKeysOptions> options, TimeProvider time) : AdminPage
{
    [BindProperty(Name = "user", SupportsGet = true)]
    public string? Holder { get; set; }

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    [BindProperty(Name = "scope")]
    public List<string> Chosen { get; set; } = [];

    [BindProperty(Name = "days")]
    public int? Days { get; set; }

    public int MostDays => (int)options.Value.MaxLifetime.TotalDays;

    public IReadOnlyList<ScopeDefinition> Scopes { get; private set; } = [];

    public IssuedApiKey? Made { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Days = (int)options.Value.DefaultLifetime.TotalDays;
        Holder ??= (await users.FindAsync(Caller.UserId, cancellation))?.Email;
        await LoadAsync(cancellation);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        await LoadAsync(cancellation);
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (await users.FindByNameAsync(Holder ?? "", cancellation) is not { } holder)
        {
            return Refused([new(UserDirectory.NotFound, "There is no user with this address.", "user")]);
        }

        var end = Days is { } days and > 0 and < 100_000 ? time.GetUtcNow().UtcDateTime.AddDays(days) : time.GetUtcNow().UtcDateTime;
        var made = await registry.MakeAsync(holder, new(Name, Chosen, end), Maker.Of(User), cancellation);
        if (!made.Succeeded)
        {
            return Refused(made.Problems.Select(problem => problem with { Message = Sentence(problem), Field = problem.Field == "expires_at" ? "days" : problem.Field }));
        }

        Made = made.Value;
        Response.Headers.CacheControl = "no-store";
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        var maker = Maker.Of(User);
        Scopes = [.. (await scopes.ScopesAsync(cancellation)).Values.Where(scope => !StandardScopes.Contains(scope.Name) || maker.Permissions.Contains(scope.Name))
            .OrderBy(scope => StandardScopes.IsAdministrative(scope.Name)).ThenBy(scope => scope.Name, StringComparer.Ordinal)];
    }

    private static string Sentence(Problem problem) => problem.Field switch
    {
        "name" => $"The name {problem.Message}.",
        "scope" when problem.Code == ApiKeyRules.Invalid => "Choose at least one scope.",
        "scope" => $"The user's roles do not allow it: {problem.Message}.",
        "expires_at" => $"The end {problem.Message}.",
        "user" => $"The user {problem.Message}.",
        _ => problem.Message,
    };
}
