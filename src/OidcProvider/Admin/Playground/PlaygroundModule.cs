using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using OidcProvider.Admin.Access;
using OidcProvider.Sessions;

namespace OidcProvider.Admin.Playground;

/// <summary>
/// Owns <c>/playground</c>: the protocol walked step by step against this server, every message shown. Open to everybody in Development, to administrators otherwise.
/// It is a client like any other: it reaches the server over the network and only by its public name.
/// </summary>
internal static class PlaygroundModule
{
    public const string Policy = "playground";

    public static IServiceCollection AddPlayground(this IServiceCollection services)
    {
        services.AddHttpClient(Wire.Name, http => http.Timeout = TimeSpan.FromSeconds(15)).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        services.AddScoped<Wire>().AddScoped<ExperimentCookie>();
        services.AddOptions<AuthorizationOptions>().Configure<IHostEnvironment, IOptions<AdminOptions>>((options, environment, admin) => options.AddPolicy(Policy, policy =>
        {
            policy.AddAuthenticationSchemes(SessionAuthenticationHandler.SchemeName);
            if (!admin.Value.Playground)
            {
                policy.RequireAssertion(_ => false);
            }
            else if (environment.IsDevelopment())
            {
                policy.RequireAssertion(_ => true);
            }
            else
            {
                policy.RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(PermissionRequirement.Any));
            }
        }));
        return services;
    }
}
