using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OidcProvider.Keys;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol;

/// <summary>Builds the engine's options and the plans of a token request, and signs once with each key: the first client must not wait for it.</summary>
internal sealed class EngineWarmUp(IOptionsMonitor<OpenIddictServerOptions> options, DispatchPlans plans, KeyRing keys) : IWarmUp
{
    public Task WarmUpAsync(CancellationToken cancellation)
    {
        var current = options.CurrentValue;
        _ = plans.For<ProcessRequestContext>(current);
        _ = plans.For<ExtractTokenRequestContext>(current);
        _ = plans.For<ValidateTokenRequestContext>(current);
        _ = plans.For<ProcessAuthenticationContext>(current);
        _ = plans.For<HandleTokenRequestContext>(current);
        _ = plans.For<ProcessSignInContext>(current);
        _ = plans.For<GenerateTokenContext>(current);
        _ = plans.For<ApplyTokenResponseContext>(current);
        foreach (var credentials in keys.Current.Active.Values)
        {
            _ = current.JsonWebTokenHandler.CreateToken("{}", credentials);
        }

        return Task.CompletedTask;
    }
}
