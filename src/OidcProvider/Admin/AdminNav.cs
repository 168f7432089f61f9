using OidcProvider.Admin.Access;
using OidcProvider.Hosting;

namespace OidcProvider.Admin;

/// <summary>One line of the navigation: where it leads and what one must be allowed to see it.</summary>
internal sealed record AdminNavItem(string Path, string Name, string Permission);

/// <summary>The rooms of the administration, in the order of the navigation. A caller sees those they may enter.</summary>
internal static class AdminNav
{
    private static readonly AdminNavItem[] All =
    [
        new("/admin/clients", "Clients", Permissions.ClientsRead),
        new("/admin/scopes", "Scopes", Permissions.ScopesRead),
        new("/admin/keys", "Keys", Permissions.KeysRead),
        new("/admin/api-keys", "API keys", Permissions.ApiKeysRead),
        new("/admin/configuration", "Configuration", Permissions.ConfigurationRead),
        new("/playground", "Playground", PermissionRequirement.Any),
        new("/admin/api", "API", PermissionRequirement.Any),
    ];

    public static IEnumerable<AdminNavItem> For(Caller caller) => All.Where(item => item.Permission == PermissionRequirement.Any || caller.May(item.Permission));
}
