using Microsoft.Extensions.DependencyInjection.Extensions;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>
/// Owns what clients and scopes are, who may register what, their secrets, what they really use, how good they are, and what users
/// consented to. Routes: none; <c>Admin/Clients</c> and <c>Cli</c> are its surfaces. Leaves to Protocol what a client is allowed in one request, to Tokens what it holds.
/// Needs from its neighbours: AppDbContext, AuditLog, Argon2id and TimeProvider.
/// </summary>
internal static class ClientsModule
{
    public static IServiceCollection AddClients(this IServiceCollection services)
    {
        services.TryAddSingleton<ClientSecrets>();
        services.TryAddSingleton<RegistrySnapshot>();
        services.AddSingleton<IHeldInMemory>(provider => provider.GetRequiredService<RegistrySnapshot>());
        services.AddSingleton<IWarmUp>(provider => provider.GetRequiredService<RegistrySnapshot>());
        services.TryAddScoped<ScopeRegistry>();
        services.TryAddScoped<ClientRegistry>();
        services.TryAddScoped<ClientSecretDesk>();
        services.TryAddScoped<ClientCatalog>();
        services.TryAddSingleton<UsageCounts>();
        services.AddSingleton<UsageFlush>().AddHostedService(provider => provider.GetRequiredService<UsageFlush>());
        services.TryAddScoped<ConsentStore>();
        return services;
    }

    /// <summary>Lets OpenIddict see clients through <see cref="ClientApplicationManager"/>.</summary>
    public static void AddClientManager(OpenIddictCoreBuilder builder) =>
        builder.ReplaceApplicationManager<Client, ClientApplicationManager>();
}
