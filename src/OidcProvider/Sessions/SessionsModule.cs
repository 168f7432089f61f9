using Microsoft.AspNetCore.Authorization;
using OidcProvider.Hosting;

namespace OidcProvider.Sessions;

/// <summary>
/// Owns signed-in browsers: their rows, their cookie, their end. Sign-in pages begin a session through
/// <c>HttpContext.SignInAsync</c>; everyone who ends one calls <see cref="SessionStore.EndAsync"/>.
/// Leaves to <c>SignIn</c> how a user proves who they are.
/// </summary>
internal static class SessionsModule
{
    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddValidatedOptions<SessionsOptions>(SessionsOptions.Section);
        services.AddSingleton<SessionLookups>().AddSingleton<SessionCache>().AddScoped<SessionStore>();
        // No default scheme to authenticate with: static files, metadata, machine endpoints and error pages must not pay for, or
        // depend on, a session look-up.
        services.AddAuthentication(options => options.DefaultChallengeScheme = SessionAuthenticationHandler.SchemeName)
            .AddScheme<SessionSchemeOptions, SessionAuthenticationHandler>(SessionAuthenticationHandler.SchemeName, _ => { });

        // [Authorize] asks for a session. What says neither that nor [AllowAnonymous] is for nobody.
        services.AddAuthorizationBuilder()
            .SetDefaultPolicy(new AuthorizationPolicyBuilder(SessionAuthenticationHandler.SchemeName).RequireAuthenticatedUser().Build())
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        return services;
    }
}
