using Microsoft.Extensions.DependencyInjection.Extensions;
using OidcProvider.Hosting;

namespace OidcProvider.Declarations;

/// <summary>
/// Owns the configuration as a file: reading it, comparing it with the server, applying it, writing it out. No routes of its own: the command line, the
/// start, the admin API and its page all come here.
/// </summary>
internal static class DeclarationsModule
{
    public static IServiceCollection AddDeclarations(this IServiceCollection services)
    {
        services.AddValidatedOptions<BootstrapOptions>(BootstrapOptions.Section);
        services.TryAddScoped<Bootstrap>();
        services.TryAddScoped<Declaration>();
        services.TryAddScoped<UserDeclaration>();
        services.TryAddScoped<WebhookDeclaration>();
        return services;
    }
}
