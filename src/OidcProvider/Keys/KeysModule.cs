using Microsoft.Extensions.Options;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Jobs;
using OpenIddict.Server;

namespace OidcProvider.Keys;

/// <summary>
/// Owns the server's keys: made when due, sealed in the database, announced, used, retired, and fed to the protocol engine without
/// a restart. Leaves to <c>Protocol</c> which key signs which token.
/// </summary>
internal static class KeysModule
{
    public static IServiceCollection AddKeys(this IServiceCollection services)
    {
        services.AddValidatedOptions<KeysOptions>(KeysOptions.Section);
        services.AddSingleton<KeyReload>();
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(provider => provider.GetRequiredService<KeyReload>());
        services.AddSingleton<KeyRing>();
        services.AddSingleton<IHeldInMemory>(provider => provider.GetRequiredService<KeyRing>());
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>, SigningCredentialsSetup>();
        services.AddScoped<KeyDesk>();
        services.AddHostedService<KeyClock>();
        services.AddJob<RotateKeysJob>("0 * * * * ?");
        return services;
    }

    /// <summary>Runs whenever the engine's options are built, so that a reload after a rotation brings the new keys in.</summary>
    private sealed class SigningCredentialsSetup(KeyRing ring) : IConfigureOptions<OpenIddictServerOptions>
    {
        public void Configure(OpenIddictServerOptions options)
        {
            options.SigningCredentials.AddRange(ring.Current.Published);
            options.EncryptionCredentials.AddRange(ring.Current.Encrypting);
        }
    }
}
