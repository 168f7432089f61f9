using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Data;

namespace OidcProvider.Audit;

/// <summary>Removes what is older than it has to be remembered, in small batches along the index on time, so that no request waits for it.</summary>
internal sealed class History(AppDbContext database, RefusedRequests refused, TimeProvider time, IOptions<AuditOptions> options)
{
    private const int Batch = 1000;

    public async Task<int> PruneAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var (audit, metrics, runs) = (now - options.Value.KeepFor, now - options.Value.KeepMetricsFor, now - options.Value.KeepJobRunsFor);
        return await RepeatAsync(() => database.AuditRecords.Where(row => row.At < audit).OrderBy(row => row.At).Take(Batch), cancellation)
            + await database.MetricPoints.Where(row => row.At < metrics).ExecuteDeleteAsync(cancellation)
            + await RepeatAsync(() => database.JobRuns.Where(row => row.StartedAt < runs).OrderBy(row => row.StartedAt).Take(Batch), cancellation)
            + await refused.TrimAsync([], cancellation);
    }

    private static async Task<int> RepeatAsync<T>(Func<IQueryable<T>> batch, CancellationToken cancellation) where T : class
    {
        for (var total = 0; ;)
        {
            var removed = await batch().ExecuteDeleteAsync(cancellation);
            total += removed;
            if (removed < Batch)
            {
                return total;
            }
        }
    }
}
