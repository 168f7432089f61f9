using Microsoft.Extensions.Options;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Jobs;
using OidcProvider.Keys;

namespace OidcProvider.Tokens;

/// <summary>
/// Owns what becomes of issued tokens: which have rows, who may redeem them, what revokes them. Its handlers run inside the
/// protocol engine; <c>Protocol/ProtocolModule</c> lists them in order. Leaves to <c>Protocol</c> what a token says.
/// </summary>
internal static class TokensModule
{
    public static IServiceCollection AddTokens(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<TokensOptions>(TokensOptions.Section).AddScoped<TokenStore>().AddScoped<ConnectedApps>().AddScoped<GrantDesk>().AddScoped<FirstPartyTokens>().AddScoped<Pruning>().AddScoped<AccessTokenStanding>().AddScoped<GrantGate>()
            .AddSingleton<TokenLookups>().AddSingleton<StateSeal>().AddScoped<RequestRows>().AddSingleton<MakesJwt>().AddSingleton<RowNotRead>().AddSingleton<HasRow>();
        // The schedule is fixed when the services are; a bad one is reported by the options check.
        var schedule = configuration[$"{TokensOptions.Section}:{nameof(TokensOptions.PruneSchedule)}"];
        services.AddJob<PruneExpiredJob>(JobsModule.IsSchedule(schedule) ? schedule! : new TokensOptions().PruneSchedule);

        // A key is published until the longest-lived token it can have signed, a refresh token, has expired.
        services.AddOptions<KeysOptions>().PostConfigure<IOptions<TokensOptions>>((keys, tokens) =>
        {
            var longest = tokens.Value.RefreshTokenAbsoluteLifetime;
            keys.RetireFor = keys.RetireFor > longest ? keys.RetireFor : longest;
        });
        return services;
    }

    /// <summary>Lets OpenIddict reach token rows through <see cref="TokenRows"/>.</summary>
    public static void AddTokenRows(OpenIddictCoreBuilder core) =>
        core.ReplaceTokenStore<Token, TokenRows>().ReplaceTokenManager<Token, TokenManager>();
}
