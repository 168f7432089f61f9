using System.Security.Claims;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.Access;

/// <summary>Who administers: the user behind a session, an access token or an API key, with the roles they hold now.</summary>
internal sealed record Caller(Guid UserId, string Name, IReadOnlyList<string> Roles)
{
    /// <summary>Authentication type of callers with an API key.</summary>
    public const string ByKey = "api-key";

    /// <summary>What the audit trail calls them.</summary>
    public string Actor => UserId.ToString();

    public static Caller Of(ClaimsPrincipal principal) => new(
        Guid.Parse(principal.FindFirst(Claims.Subject)!.Value),
        principal.FindFirst(Claims.Name)?.Value ?? "",
        [.. principal.FindAll(Claims.Role).Select(claim => claim.Value)]);

    /// <summary>How the registries of clients and scopes know them.</summary>
    public Editor Editor => new(Actor, Roles.Contains(AdminRoles.Owner, StringComparer.OrdinalIgnoreCase));

    /// <summary>How the desks that change accounts know them.</summary>
    public Acting Acting => new(Actor, Roles);

    public bool May(string permission) => AdminRoles.Allows(Roles, permission);

    /// <summary>The principal that policies are asked about, the same shape for every way in.</summary>
    public static ClaimsPrincipal Of(User user, IEnumerable<string> roles, IEnumerable<Claim> facts, string scheme)
    {
        var identity = new ClaimsIdentity(scheme, Claims.Name, Claims.Role);
        identity.AddClaim(new Claim(Claims.Subject, user.Id.ToString()));
        identity.AddClaim(new Claim(Claims.Name, user.FullName ?? user.UserName ?? ""));
        identity.AddClaims(roles.Select(role => new Claim(Claims.Role, role)));
        identity.AddClaims(facts);
        return new ClaimsPrincipal(identity);
    }
}
