using System.Security.Claims;
using OidcProvider.Admin.Access;
using OidcProvider.ApiKeys;
using OidcProvider.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.ApiKeys;

/// <summary>An administrator as the maker of an API key.</summary>
internal static class Maker
{
    /// <summary>With what they may do now: an access token that an app got for less than its user may do makes no key that can do more.</summary>
    public static ApiKeyMaker Of(ClaimsPrincipal principal)
    {
        var caller = Caller.Of(principal);
        IReadOnlySet<string> held = AdminRoles.PermissionsOf(caller.Roles);
        return new ApiKeyMaker(caller.Actor, caller.UserId, caller.Roles, principal.FindFirst(Claims.Scope)?.Value is { } scope ? held.Intersect(scope.Split(' ')).ToHashSet(StringComparer.Ordinal) : held);
    }

    /// <summary>A key makes no key: what excuses a key from a fresh sign-in is that a person with one made it.</summary>
    public static bool IsKey(ClaimsPrincipal principal) => principal.Identity?.AuthenticationType == Caller.ByKey;
}
