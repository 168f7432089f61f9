using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OidcProvider.Sessions;
using OidcProvider.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Admin.Access;

/// <summary>Asks for one of <see cref="Permissions"/>, or with <see cref="Any"/> for any of them.</summary>
internal sealed record PermissionRequirement(string Permission) : IAuthorizationRequirement
{
    /// <summary>Pages that whoever administers anything may see.</summary>
    public const string Any = "any";
}

/// <summary>
/// Decides whether a caller may: by the role they hold now, by the scope of their access token, and by how and when they signed in.
/// Each of the three must say yes.
/// </summary>
internal sealed class PermissionPolicy(IOptions<UsersOptions> users, IOptions<AdminOptions> options, TimeProvider time) : AuthorizationHandler<PermissionRequirement>
{
    public const string NoRole = "role", NoScope = "insufficient_scope", NotFresh = "insufficient_user_authentication";

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (Fault(context.User, requirement.Permission) is { } fault)
        {
            context.Fail(new AuthorizationFailureReason(this, fault));
        }
        else
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    private string? Fault(ClaimsPrincipal caller, string permission)
    {
        var roles = caller.FindAll(Claims.Role).Select(claim => claim.Value).ToList();
        if (permission == PermissionRequirement.Any ? !roles.Exists(AdminRoles.Contains) : !AdminRoles.Allows(roles, permission))
        {
            return NoRole;
        }

        // A browser's session has no scope: there the person acts, not an app for them.
        if (caller.Identity?.AuthenticationType != SessionAuthenticationHandler.SchemeName
            && caller.FindFirst(Claims.Scope)?.Value.Split(' ').Contains(permission, StringComparer.Ordinal) != true)
        {
            return NoScope;
        }

        // An API key was made under a fresh sign-in with as many factors as the role demands (Admin/ApiKeys and Account/ApiKeys ask for it), is shown once and
        // ends by itself. A service has nobody to sign in anew, so its use is not asked for that.
        if (caller.Identity?.AuthenticationType == Caller.ByKey)
        {
            return null;
        }

        var authTime = long.TryParse(caller.FindFirst(Claims.AuthenticationTime)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : (DateTimeOffset?)null;
        var strong = !users.Value.RequiresMfa(roles) || caller.FindFirst(Claims.AuthenticationContextReference)?.Value == AuthenticationContext.TwoFactors;
        return strong && authTime + options.Value.SignInMaxAge > time.GetUtcNow() ? null : NotFresh;
    }
}
