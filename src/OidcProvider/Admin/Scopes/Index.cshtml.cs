using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Scopes;

/// <summary>The scopes: registered ones to change, standard ones to know.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ScopesRead)]
internal sealed class IndexModel(ScopeRegistry registry) : AdminPage
{
    private static readonly Dictionary<string, string> Notices = new(StringComparer.Ordinal) { ["saved"] = "Saved.", ["removed"] = "The scope is removed." };

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    public IReadOnlyList<ScopeDefinition> Registered { get; private set; } = [];

    public IReadOnlyList<ScopeDefinition> Standard { get; private set; } = [];

    public string? Notice => Notices.GetValueOrDefault(Request.Query["done"].ToString());

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Registered = [.. (await registry.ListAsync(cancellation)).Where(Matches)];
        Standard = [.. StandardScopes.All.Where(scope => !StandardScopes.IsAdministrative(scope.Name) && Matches(scope))];
    }

    private bool Matches(ScopeDefinition scope) => string.IsNullOrWhiteSpace(Search)
        || scope.Name.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase)
        || scope.DisplayName?.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase) == true
        || scope.Resources.Any(resource => resource.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase));
}
