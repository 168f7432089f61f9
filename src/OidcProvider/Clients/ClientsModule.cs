using Microsoft.Extensions.DependencyInjection.Extensions;
using OidcProvider.Data;

namespace OidcProvider.Clients;

/// <summary>
/// Owns what clients and scopes are, who may register what, their secrets, and what users consented to.
/// Routes: none yet. Leaves to Protocol what a client is allowed in one request, to Tokens what it holds.
/// Needs from its neighbours: AppDbContext, AuditLog, Argon2id and TimeProvider.
/// </summary>
internal static class ClientsModule
{
    public static IServiceCollection AddClients(this IServiceCollection services)
    {
        services.TryAddSingleton<ClientSecrets>();
        services.TryAddSingleton<RegistrySnapshot>();
        services.AddSingleton<IHeldInMemory>(provider => provider.GetRequiredService<RegistrySnapshot>());
        services.TryAddScoped<ScopeRegistry>();
        services.TryAddScoped<ClientRegistry>();
        services.TryAddScoped<ConsentStore>();
        return services;
    }

    /// <summary>Lets OpenIddict see clients through <see cref="ClientApplicationManager"/>.</summary>
    public static void AddClientManager(OpenIddictCoreBuilder builder) =>
        builder.ReplaceApplicationManager<Client, ClientApplicationManager>();
}
