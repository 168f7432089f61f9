using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace OidcProvider.Telemetry;

/// <summary>
/// Owns what operators and load balancers look at. Routes: <c>/health/live</c> (the process answers), <c>/health/ready</c> (it can
/// serve: the checks that the features registered pass). Features bring their own checks; this knows none of them.
/// </summary>
internal static class TelemetryModule
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddHealthChecks();
        return services;
    }

    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        // Liveness asks nothing: a broken database must not make an orchestrator restart the process.
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous().ShortCircuit();
        routes.MapHealthChecks("/health/ready").AllowAnonymous().ShortCircuit();
    }
}
