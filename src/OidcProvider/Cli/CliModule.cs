using Microsoft.Extensions.DependencyInjection.Extensions;
using OidcProvider.Declarations;

namespace OidcProvider.Cli;

/// <summary>
/// Services of the command line and of the start: the built-in clients, the demo. The verbs themselves need no registration.
/// </summary>
internal static class CliModule
{
    public static IServiceCollection AddCli(this IServiceCollection services)
    {
        services.AddDeclarations();
        services.TryAddSingleton<DemoData>();
        services.TryAddScoped<BuiltIns>();
        return services;
    }
}
