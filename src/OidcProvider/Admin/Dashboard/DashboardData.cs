using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Admin.Charts;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Telemetry;

namespace OidcProvider.Admin.Dashboard;

/// <summary>What waits to be sent and what was given up since yesterday: mails, and messages to webhooks.</summary>
internal sealed record OutboxState(int Mails, int MailsGivenUp, int Messages, int MessagesGivenUp);

/// <summary>
/// The last 24 hours in pictures, hour by hour in UTC, over all nodes: from the counted minutes and from the audit trail. Each picture is one query
/// along an index.
/// </summary>
internal sealed class DashboardData(AppDbContext database, TimeProvider time)
{
    private const int Hours = 24;
    private const string Across = "hour, UTC";

    private static readonly (string Name, string Metric)[] Grants =
        [("code", "authorization_code"), ("refresh", "refresh_token"), ("client credentials", "client_credentials"), ("device", "device_code")];

    private DateTime Begin => Hour(time.GetUtcNow().UtcDateTime).AddHours(1 - Hours);

    private IReadOnlyList<string> Labels => [.. Enumerable.Range(0, Hours).Select(hour => Begin.AddHours(hour).ToString("HH':00'", CultureInfo.InvariantCulture))];

    public async Task<Chart> SignInsAsync(CancellationToken cancellation)
    {
        var begin = Begin;
        string[] events = [AuditEvents.SignedIn, AuditEvents.SignInFailed];
        var counts = await database.AuditRecords.Where(row => events.Contains(row.Event) && row.At >= begin)
            .GroupBy(row => new { row.Event, row.At.Year, row.At.Month, row.At.Day, row.At.Hour })
            .Select(group => new { group.Key, Count = group.Count() }).ToListAsync(cancellation);
        IReadOnlyList<double?> Of(string @event) => Spread(counts.Where(entry => entry.Key.Event == @event)
            .Select(entry => (new DateTime(entry.Key.Year, entry.Key.Month, entry.Key.Day, entry.Key.Hour, 0, 0, DateTimeKind.Utc), (double)entry.Count)));
        return new("signins", ChartKind.StackedBars, "Sign-ins", "sign-ins", Across, Labels, [new("succeeded", Of(AuditEvents.SignedIn)), new("failed", Of(AuditEvents.SignInFailed))]);
    }

    public async Task<Chart> TokensAsync(CancellationToken cancellation)
    {
        var begin = Begin;
        var points = await database.MetricPoints.AsNoTracking().Where(point => point.At >= begin && point.Name.StartsWith(Measurements.TokensPrefix)).Select(point => new { point.At, point.Name, point.Count }).ToListAsync(cancellation);
        return new("tokens", ChartKind.StackedAreas, "Token answers by grant", "answers", Across, Labels,
            [.. Grants.Select(grant => new Series(grant.Name, Spread(points.Where(point => point.Name == Measurements.TokensPrefix + grant.Metric).Select(point => (point.At, (double)point.Count)))))]);
    }

    public async Task<Chart> LatencyAsync(CancellationToken cancellation)
    {
        var begin = Begin;
        var points = await database.MetricPoints.AsNoTracking().Where(point => point.At >= begin && point.Name == Measurements.TokenLatency && point.Histogram != null).Select(point => new { point.At, point.Histogram }).ToListAsync(cancellation);
        var hours = new long[Hours][];
        foreach (var point in points)
        {
            var at = (int)(Hour(point.At) - begin).TotalHours;
            var counts = JsonSerializer.Deserialize<long[]>(point.Histogram!)!;
            if (at is >= 0 and < Hours)
            {
                hours[at] = hours[at] is { } sum ? [.. sum.Zip(counts, (one, other) => one + other)] : counts;
            }
        }

        IReadOnlyList<double?> Of(double share) => [.. hours.Select(counts => counts is null ? null : Latency.Percentile(counts, share))];
        return new("latency", ChartKind.Lines, "Time of a token answer", "ms", Across, Labels, [new("median (p50)", Of(0.5)), new("slowest hundredth (p99)", Of(0.99))]);
    }

    public async Task<OutboxState> OutboxAsync(CancellationToken cancellation)
    {
        var yesterday = time.GetUtcNow().UtcDateTime.AddDays(-1);
        return new(
            await database.OutboxMails.CountAsync(mail => mail.SentAt == null && mail.FailedAt == null, cancellation),
            await database.OutboxMails.CountAsync(mail => mail.FailedAt > yesterday, cancellation),
            await database.WebhookDeliveries.CountAsync(message => message.DeliveredAt == null && message.FailedAt == null, cancellation),
            await database.WebhookDeliveries.CountAsync(message => message.DeliveredAt == null && message.FailedAt > yesterday, cancellation));
    }

    /// <summary>Refused requests: those that can be looked up, and those that were too many at once to be kept.</summary>
    public async Task<Chart> RefusedAsync(CancellationToken cancellation)
    {
        var begin = Begin;
        string[] names = [Measurements.Refused, Measurements.NotKept];
        var points = await database.MetricPoints.AsNoTracking().Where(point => point.At >= begin && names.Contains(point.Name)).Select(point => new { point.At, point.Name, point.Count }).ToListAsync(cancellation);
        double?[] Of(string name) => Spread(points.Where(point => point.Name == name).Select(point => (point.At, (double)point.Count)));
        var (all, lost) = (Of(Measurements.Refused), Of(Measurements.NotKept));
        return new("refused", ChartKind.StackedBars, "Refused requests", "requests", Across, Labels, [new("explained", [.. all.Zip(lost, (refused, dropped) => (double?)Math.Max(0, (refused ?? 0) - (dropped ?? 0)))]), new("not kept", lost)]);
    }

    /// <summary>How many refusals of the last 24 hours were not kept.</summary>
    public async Task<long> NotKeptAsync(CancellationToken cancellation)
    {
        var begin = time.GetUtcNow().UtcDateTime.AddHours(-Hours);
        return await database.MetricPoints.Where(point => point.At >= begin && point.Name == Measurements.NotKept).SumAsync(point => point.Count, cancellation);
    }

    private double?[] Spread(IEnumerable<(DateTime At, double Count)> points)
    {
        var hours = new double?[Hours];
        Array.Fill(hours, 0);
        foreach (var (at, count) in points)
        {
            var hour = (int)(Hour(at) - Begin).TotalHours;
            if (hour is >= 0 and < Hours)
            {
                hours[hour] += count;
            }
        }

        return hours;
    }

    private static DateTime Hour(DateTime at) => new(at.Year, at.Month, at.Day, at.Hour, 0, 0, DateTimeKind.Utc);
}
