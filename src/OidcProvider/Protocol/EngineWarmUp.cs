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
        var plan = plans.For(current);
        _ = plan.Steps<ProcessRequestContext>();
        _ = plan.Steps<ExtractTokenRequestContext>();
        _ = plan.Steps<ValidateTokenRequestContext>();
        _ = plan.Steps<ProcessAuthenticationContext>();
        _ = plan.Steps<HandleTokenRequestContext>();
        _ = plan.Steps<ProcessSignInContext>();
        _ = plan.Steps<GenerateTokenContext>();
        _ = plan.Steps<ApplyTokenResponseContext>();
        foreach (var credentials in keys.Current.Active.Values)
        {
            _ = current.JsonWebTokenHandler.CreateToken("{}", credentials);
        }

        return Task.CompletedTask;
    }
}
