using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Options;
using OidcProvider.Admin.Api;
using OidcProvider.Sessions;
using OidcProvider.Users;

namespace OidcProvider.Admin.Access;

/// <summary>
/// What a caller without a permission is told. A program gets RFC 6750 §3.1 or, when a better sign-in would help, RFC 9470 §3; a person is led
/// to that sign-in.
/// </summary>
internal sealed class AccessRefusals(IOptions<AdminOptions> options) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (!authorizeResult.Forbidden || policy.Requirements.OfType<PermissionRequirement>().FirstOrDefault() is not { Permission: var permission })
        {
            await _usual.HandleAsync(next, context, policy, authorizeResult);
            return;
        }

        var reason = authorizeResult.AuthorizationFailure?.FailureReasons.FirstOrDefault()?.Message;
        if (policy.AuthenticationSchemes.Contains(SessionAuthenticationHandler.SchemeName))
        {
            await TellPersonAsync(context, reason);
        }
        else
        {
            await TellProgramAsync(context, reason, permission);
        }
    }

    private static async Task TellPersonAsync(HttpContext context, string? reason)
    {
        if (reason != PermissionPolicy.NotFresh || SessionAuthenticationHandler.Current(context) is not { } live)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        var here = Uri.EscapeDataString($"{context.Request.PathBase}{context.Request.Path}{(HttpMethods.IsGet(context.Request.Method) ? context.Request.QueryString : "")}");
        var root = context.Request.PathBase;
        var canStepUp = live.Session.Acr != AuthenticationContext.TwoFactors && (await context.RequestServices.GetRequiredService<SecondFactors>().StateAsync(live.User.Id)).Any;
        context.Response.Redirect(canStepUp ? $"{root}/login/mfa?returnUrl={here}" : $"{root}/login?reason=fresh&returnUrl={here}&login_hint={Uri.EscapeDataString(live.User.Email ?? live.User.UserName!)}");
    }

    private async Task TellProgramAsync(HttpContext context, string? reason, string permission)
    {
        if (reason == PermissionPolicy.NotFresh)
        {
            // RFC 9470 §3.
            var maxAge = (long)options.Value.SignInMaxAge.TotalSeconds;
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"admin\", error=\"{reason}\", error_description=\"A fresh sign-in with two factors is required.\", acr_values=\"{AuthenticationContext.TwoFactors}\", max_age=\"{maxAge}\"";
            await ApiProblems.WriteAsync(context, StatusCodes.Status401Unauthorized, reason, "A fresh sign-in with two factors is required.");
            return;
        }

        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"admin\", error=\"{PermissionPolicy.NoScope}\", scope=\"{permission}\"";
        await (reason == PermissionPolicy.NoScope
            ? ApiProblems.WriteAsync(context, StatusCodes.Status403Forbidden, PermissionPolicy.NoScope, $"The access token lacks the scope {permission}.")
            : ApiProblems.WriteAsync(context, StatusCodes.Status403Forbidden, "insufficient_role", $"None of your roles grants {permission}."));
    }
}
