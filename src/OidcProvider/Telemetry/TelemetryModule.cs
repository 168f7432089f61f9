using System.Net;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace OidcProvider.Telemetry;

/// <summary>
/// Owns what operators and load balancers look at. Routes: <c>/health/live</c> (the process answers), <c>/health/ready</c> (it can
/// serve: the checks that the features registered pass), <c>/metrics</c> (for this machine and allowed addresses). Features bring their own
/// checks and count with <see cref="Measurements"/>; this knows none of them. Traces and logs leave by OTLP only when an address is set.
/// </summary>
internal static class TelemetryModule
{
    private static readonly string[] ProxyMarks = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Original-For", "X-Original-Proto", "Forwarded", "Via"];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<TelemetryOptions>(TelemetryOptions.Section);
        services.AddMetrics().AddSingleton<Measurements>();
        services.AddHealthChecks();
        // What is measured and where it goes decides which services exist, so it is read here; a bad value is reported by the options check.
        var section = configuration.GetSection(TelemetryOptions.Section);
        var measured = section[nameof(TelemetryOptions.Metrics)] is not { } said || !bool.TryParse(said, out var on) || on;
        var exported = Uri.TryCreate(section[nameof(TelemetryOptions.OtlpEndpoint)], UriKind.Absolute, out var address);
        if (measured || exported)
        {
            services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddMeter(ServerMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddPrometheusExporter());
        }

        if (exported)
        {
            services.AddOpenTelemetry().WithTracing(traces => traces.AddSource("Microsoft.AspNetCore").AddSource(ServerMeter.Name)).WithLogging()
                .UseOtlpExporter(OtlpExportProtocol.Grpc, address!);
        }

        return services;
    }

    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        // Liveness asks nothing: a broken database must not make an orchestrator restart the process.
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous().ShortCircuit();
        routes.MapHealthChecks("/health/ready").AllowAnonymous().ShortCircuit();
        if (routes.ServiceProvider.GetService<MeterProvider>() is not null && routes.ServiceProvider.GetRequiredService<IConfiguration>().GetValue($"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Metrics)}", true))
        {
            var metrics = routes.CreateApplicationBuilder().Use(OnlyAllowed).UseOpenTelemetryPrometheusScrapingEndpoint(_ => true).Build();
            routes.MapGet("/metrics", metrics).AllowAnonymous().ShortCircuit();
        }
    }

    private static Task OnlyAllowed(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress;
        // Through a proxy on this machine everybody seems to be this machine, unless the proxy is known and names them.
        var disguised = address is not null && IPAddress.IsLoopback(address) && ProxyMarks.Any(context.Request.Headers.ContainsKey);
        if (!disguised && context.RequestServices.GetRequiredService<IOptions<TelemetryOptions>>().Value.Allows(address))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
