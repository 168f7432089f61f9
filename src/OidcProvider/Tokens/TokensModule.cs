using OidcProvider.Hosting;

namespace OidcProvider.Tokens;

/// <summary>
/// Owns what becomes of issued tokens: which have rows, who may redeem them, what revokes them. Its handlers run inside the
/// protocol engine; <c>Protocol/ProtocolModule</c> lists them in order. Leaves to <c>Protocol</c> what a token says.
/// </summary>
internal static class TokensModule
{
    public static IServiceCollection AddTokens(this IServiceCollection services) =>
        services.AddValidatedOptions<TokensOptions>(TokensOptions.Section).AddScoped<TokenStore>();
}
