using Microsoft.Extensions.DependencyInjection.Extensions;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary>
/// Services of the command line and of the start: the bootstrap file, the demo. The verbs themselves need no registration.
/// </summary>
internal static class CliModule
{
    public static IServiceCollection AddCli(this IServiceCollection services)
    {
        services.AddValidatedOptions<BootstrapOptions>(BootstrapOptions.Section);
        services.TryAddScoped<Bootstrap>();
        services.AddScoped<Declaration>();
        services.TryAddSingleton<DemoData>();
        return services;
    }
}
