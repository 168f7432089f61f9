using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>
/// The roles that administer this server and what each may do. Pure. Any other role is an application's own and grants nothing here.
/// </summary>
internal static class AdminRoles
{
    /// <summary>The owner: everything, and the only one who makes other administrators.</summary>
    public const string Owner = "admin";

    public const string UserAdmin = "user-admin", ClientAdmin = "client-admin", Auditor = "auditor";

    private static readonly IReadOnlySet<string> Everything = Permissions.All.Keys.ToHashSet(StringComparer.Ordinal);

    private static readonly Dictionary<string, IReadOnlySet<string>> Granted = new(StringComparer.OrdinalIgnoreCase)
    {
        [Owner] = Everything,
        [UserAdmin] = Set(Permissions.UsersRead, Permissions.UsersWrite, Permissions.SessionsRead, Permissions.SessionsWrite, Permissions.GrantsRead, Permissions.GrantsWrite),
        [ClientAdmin] = Set(Permissions.ClientsRead, Permissions.ClientsWrite, Permissions.ScopesRead, Permissions.ScopesWrite, Permissions.RequestsRead),
        [Auditor] = Everything.Where(name => name.EndsWith(".read", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal),
    };

    /// <summary>The administering roles, the most powerful first.</summary>
    public static readonly IReadOnlyList<string> All = [Owner, UserAdmin, ClientAdmin, Auditor];

    public static bool Contains(string role) => Granted.ContainsKey(role);

    public static bool Allows(IEnumerable<string> roles, string permission) =>
        roles.Any(role => Granted.TryGetValue(role, out var permissions) && permissions.Contains(permission));

    /// <summary>Everything that holders of these roles may do.</summary>
    public static IReadOnlySet<string> PermissionsOf(IEnumerable<string> roles) =>
        roles.SelectMany(role => Granted.GetValueOrDefault(role) ?? Enumerable.Empty<string>()).ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Whether somebody with <paramref name="actor"/>'s roles may change an account that holds <paramref name="target"/>'s: nobody reaches above themselves
    /// (attack H03), so accounts that administer are the owner's alone.
    /// </summary>
    public static bool MayChange(IEnumerable<string> actor, IEnumerable<string> target) =>
        actor.Contains(Owner, StringComparer.OrdinalIgnoreCase) || (Allows(actor, Permissions.UsersWrite) && !target.Any(Contains));

    /// <summary>The administering roles that would change hands but are not <paramref name="actor"/>'s to give or take: all, for whoever is no owner.</summary>
    public static IEnumerable<string> Ungrantable(IEnumerable<string> actor, IReadOnlyCollection<string> before, IReadOnlyCollection<string> after) =>
        actor.Contains(Owner, StringComparer.OrdinalIgnoreCase)
            ? []
            : All.Where(role => before.Contains(role, StringComparer.OrdinalIgnoreCase) != after.Contains(role, StringComparer.OrdinalIgnoreCase));

    private static HashSet<string> Set(params string[] permissions) => new(permissions, StringComparer.Ordinal);
}
