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
        services.AddScoped<SessionStore>();
        // No default scheme: static files, metadata and machine endpoints must not pay for a session look-up.
        services.AddAuthentication()
            .AddScheme<SessionSchemeOptions, SessionAuthenticationHandler>(SessionAuthenticationHandler.SchemeName, _ => { });

        // Deny by default: a page or endpoint that is for everybody says so.
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder(SessionAuthenticationHandler.SchemeName).RequireAuthenticatedUser().Build());
        return services;
    }
}
