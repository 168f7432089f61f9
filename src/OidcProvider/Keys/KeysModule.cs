using Microsoft.Extensions.Options;
using OpenIddict.Server;

namespace OidcProvider.Keys;

/// <summary>
/// Owns the server's keys: made on first start, sealed in the database, fed to the protocol engine.
/// Leaves to <c>Protocol</c> which key signs which token.
/// </summary>
internal static class KeysModule
{
    public static IServiceCollection AddKeys(this IServiceCollection services)
    {
        services.AddSingleton<KeyRing>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>, SigningCredentialsSetup>();
        return services;
    }

    /// <summary>Runs whenever the engine's options are built, so that a reload after a rotation brings the new keys in.</summary>
    private sealed class SigningCredentialsSetup(KeyRing ring) : IConfigureOptions<OpenIddictServerOptions>
    {
        public void Configure(OpenIddictServerOptions options)
        {
            options.SigningCredentials.AddRange(ring.Current.Signing);
            options.EncryptionCredentials.AddRange(ring.Current.Encrypting);
        }
    }
}
