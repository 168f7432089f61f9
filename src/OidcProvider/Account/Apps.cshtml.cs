using Microsoft.AspNetCore.Mvc;
using OidcProvider.Clients;
using OidcProvider.Tokens;

namespace OidcProvider.Account;

/// <summary>The apps that hold something of this user, and taking it away from them.</summary>
internal sealed class AppsModel(ConnectedApps apps, RegistrySnapshot registry) : AccountPage
{
    public IReadOnlyList<ConnectedApp> List { get; private set; } = [];

    private IReadOnlyDictionary<string, ScopeDefinition> _scopes = new Dictionary<string, ScopeDefinition>();

    public IEnumerable<string> Words(ConnectedApp app) => app.Scopes.Select(name => _scopes.TryGetValue(name, out var scope) ? scope.In(T).Title : name);

    public Task OnGetAsync() => LoadAsync();

    public async Task<IActionResult> OnPostAsync([FromForm] Guid id)
    {
        if (!await IsCompleteAsync())
        {
            await LoadAsync();
            return Refused();
        }

        await apps.WithdrawAsync(Me.Id, id, Me.Id.ToString());
        return Done("/account/apps", "app-withdrawn");
    }

    private async Task LoadAsync()
    {
        List = await apps.ListAsync(Me.Id);
        _scopes = await registry.ScopesAsync();
    }
}
