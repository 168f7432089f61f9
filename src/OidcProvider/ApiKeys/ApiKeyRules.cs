using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.ApiKeys;

/// <summary>What a key is asked to be.</summary>
/// <param name="Name">What people call it, for instance the service that uses it.</param>
/// <param name="Scopes">What it may be used for.</param>
/// <param name="ExpiresAt">Its end; the default life when empty.</param>
internal sealed record ApiKeyRequest(string? Name, IReadOnlyList<string> Scopes, DateTime? ExpiresAt);

/// <summary>Who makes a key: the name for the audit trail, the roles they hold, and which permissions they act with now.</summary>
/// <param name="Actor">A user id, or <c>cli</c>.</param>
/// <param name="UserId">The user who makes it, if it is one.</param>
/// <param name="Roles">Their roles.</param>
/// <param name="Permissions">What the maker's own session or access token allows.</param>
internal sealed record ApiKeyMaker(string Actor, Guid? UserId, IReadOnlyList<string> Roles, IReadOnlySet<string> Permissions)
{
    /// <summary>Whoever runs commands on the server has its database anyway.</summary>
    public static ApiKeyMaker Local(string actor) => new(actor, null, [AdminRoles.Owner], AdminRoles.PermissionsOf([AdminRoles.Owner]));
}

/// <summary>What a key may be. Pure: every fault at once, each with its field.</summary>
internal static class ApiKeyRules
{
    public const string Invalid = "invalid_api_key", ScopeForbidden = "scope_forbidden";

    public static List<Problem> Check(ApiKeyRequest asked, IReadOnlySet<string> grantable, DateTime now, ApiKeysOptions options)
    {
        List<Problem> problems = [];
        if (string.IsNullOrWhiteSpace(asked.Name) || asked.Name.Length > 100 || asked.Name.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format))
        {
            problems.Add(new(Invalid, "must have 1 to 100 characters and no control characters", "name"));
        }

        if (asked.Scopes.Count == 0)
        {
            problems.Add(new(Invalid, "must name at least one scope", "scope"));
        }

        problems.AddRange(asked.Scopes.Where(scope => !grantable.Contains(scope)).Select(scope => new Problem(ScopeForbidden, $"'{scope}' is not a scope that this key can be given", "scope")));
        // A minute of tolerance for a date that was reckoned elsewhere.
        if (asked.ExpiresAt is { } end && (end <= now || end > now + options.MaxLifetime + TimeSpan.FromMinutes(1)))
        {
            problems.Add(new(Invalid, $"must lie ahead and not beyond {options.MaxLifetime.TotalDays:0.#} days", "expires_at"));
        }

        return problems;
    }

    /// <summary>
    /// The scopes a key of one user can be given by another: registered ones, and of those that administer only what the user's roles grant
    /// and the maker may do at this moment. So neither a role nor a narrow access token can make a key that reaches further (attack H03).
    /// </summary>
    public static IReadOnlySet<string> Grantable(IEnumerable<string> registered, IEnumerable<string> holderRoles, IReadOnlySet<string> maker) =>
        registered.Concat(AdminRoles.PermissionsOf(holderRoles).Where(maker.Contains)).ToHashSet(StringComparer.Ordinal);
}
