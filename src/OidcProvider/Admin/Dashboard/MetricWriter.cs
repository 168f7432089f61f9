using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Telemetry;

namespace OidcProvider.Admin.Dashboard;

/// <summary>
/// Once a minute, and at the end, writes what this node has counted: a few rows, whatever the load. What cannot be written goes with the next minute.
/// </summary>
internal sealed class MetricWriter(Measurements measurements, IServiceScopeFactory scopes, TimeProvider time, ILogger<MetricWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await FlushAsync(stoppingToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(CancellationToken.None);
    }

    public async Task FlushAsync(CancellationToken cancellation)
    {
        var measured = measurements.Take();
        if (measured.Count == 0)
        {
            return;
        }

        try
        {
            await WriteAsync(measured, cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            measurements.Return(measured);
            logger.LogWarning("What was counted could not be written and goes with the next minute ({Reason})", fault.Message);
        }
    }

    private async Task WriteAsync(IReadOnlyList<Measured> measured, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var now = time.GetUtcNow().UtcDateTime;
        var minute = new DateTime(now.Ticks - (now.Ticks % Period.Ticks), DateTimeKind.Utc);
        // The last words of a process may fall into a minute that it has written already.
        var written = await database.MetricPoints.Where(point => point.At == minute && point.Node == ThisNode.Name).ToDictionaryAsync(point => point.Name, cancellation);
        foreach (var (name, count, histogram) in measured)
        {
            if (!written.TryGetValue(name, out var point))
            {
                point = new MetricPoint { At = minute, Name = name, Node = ThisNode.Name };
                database.MetricPoints.Add(point);
            }

            point.Count += count;
            if (histogram is not null)
            {
                point.Histogram = JsonSerializer.Serialize(point.Histogram is null ? histogram : [.. JsonSerializer.Deserialize<long[]>(point.Histogram)!.Zip(histogram, (one, other) => one + other)]);
            }
        }

        await database.SaveChangesAsync(cancellation);
    }
}
