using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>What a client really used.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ClientsRead)]
internal sealed class UsageModel(ClientRegistry registry, ClientCatalog catalog) : ClientPage(registry)
{
    /// <summary>The kinds, in words, in the order of the page.</summary>
    public static readonly IReadOnlyList<(string Kind, string Words)> Kinds =
    [
        (UsageKinds.GrantType, "Grants"), (UsageKinds.RedirectUri, "Redirect URIs"), (UsageKinds.Scope, "Scopes"), (UsageKinds.AuthMethod, "Client authentication"),
        (UsageKinds.Secret, "Secrets"), (UsageKinds.Pkce, "PKCE"), (UsageKinds.PushedRequest, "Pushed authorization requests"),
    ];

    public IReadOnlyList<ClientUsage> List { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (await LoadAsync(cancellation) is { } missing)
        {
            return missing;
        }

        List = await catalog.UsageAsync(Client.Id, cancellation);
        return Page();
    }

    /// <summary>Registered, but never seen.</summary>
    public IEnumerable<string> NeverUsed(string kind)
    {
        var registered = kind switch
        {
            UsageKinds.GrantType => Client.Definition.GrantTypes,
            UsageKinds.RedirectUri => [.. Client.Definition.RedirectUris.Select(UsageKinds.Short)],
            UsageKinds.Scope => Client.Definition.Scopes(),
            _ => [],
        };
        return registered.Except(List.Where(use => use.Kind == kind).Select(use => use.Value), StringComparer.Ordinal);
    }
}
