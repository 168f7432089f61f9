using OidcProvider.Hosting;

namespace OidcProvider.ApiKeys;

/// <summary>
/// Owns API keys, with which services call APIs for a user: what a key looks like, who may make one with which scopes, whether a presented one
/// still counts. Routes: none. Leaves to <c>Admin</c> and <c>Account</c> the pages and the API where keys are made, to <c>Protocol</c> exchanging,
/// introspecting and revoking a presented key.
/// </summary>
internal static class ApiKeysModule
{
    public static IServiceCollection AddApiKeys(this IServiceCollection services)
    {
        services.AddValidatedOptions<ApiKeysOptions>(ApiKeysOptions.Section);
        services.AddScoped<ApiKeyRegistry>().AddScoped<ApiKeyVerifier>().AddSingleton<ApiKeyGuesses>();
        return services.AddSingleton<ApiKeyUsage>().AddHostedService(provider => provider.GetRequiredService<ApiKeyUsage>());
    }
}
