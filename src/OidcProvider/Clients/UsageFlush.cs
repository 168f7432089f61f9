using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Clients;

/// <summary>
/// Adds the counts of <see cref="UsageCounts"/> to the database every few seconds and once more when the server stops. While the database is
/// away they stay in memory. No request waits for it or fails with it.
/// </summary>
internal sealed class UsageFlush(UsageCounts counts, IServiceScopeFactory scopes, ILogger<UsageFlush> logger) : BackgroundService
{
    private const int Batch = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }

        await FlushAsync();
    }

    public async Task FlushAsync()
    {
        foreach (var batch in counts.Take().OrderBy(entry => entry.Key.ClientId).Chunk(Batch))
        {
            try
            {
                await WriteAsync(batch);
            }
            catch (Exception fault) when (fault is DbUpdateException or System.Data.Common.DbException or InvalidOperationException or TimeoutException)
            {
                logger.LogDebug("Usage counts wait for the database ({Reason})", fault.Message);
                foreach (var (key, count, last) in batch)
                {
                    counts.Add(key, count, last);
                }
            }
        }
    }

    // Adds to the rows there are and inserts the others. Two nodes that insert the same row at once: the second one tries again in a few seconds.
    private async Task WriteAsync((UsageKey Key, long Count, DateTime Last)[] batch)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var ids = batch.Select(entry => entry.Key.ClientId).Distinct().ToArray();
        var clients = await database.Clients.Where(row => ids.Contains(row.Id)).Select(row => row.Id).ToHashSetAsync();
        var known = (await database.ClientUsages.AsNoTracking().Where(row => ids.Contains(row.ClientId)).Select(row => new { row.ClientId, row.Kind, row.Value }).ToListAsync())
            .Select(row => new UsageKey(row.ClientId, row.Kind, row.Value)).ToHashSet();
        await using var transaction = await database.Database.BeginTransactionAsync();
        // What was counted for a client that is gone meanwhile is gone too.
        foreach (var (key, count, last) in batch.Where(entry => clients.Contains(entry.Key.ClientId)))
        {
            if (known.Contains(key))
            {
                await database.ClientUsages.Where(row => row.ClientId == key.ClientId && row.Kind == key.Kind && row.Value == key.Value)
                    .ExecuteUpdateAsync(update => update.SetProperty(row => row.Count, row => row.Count + count).SetProperty(row => row.LastAt, row => row.LastAt < last ? last : row.LastAt));
            }
            else
            {
                database.ClientUsages.Add(new ClientUsage { ClientId = key.ClientId, Kind = key.Kind, Value = key.Value, Count = count, FirstAt = last, LastAt = last });
            }
        }

        await database.SaveChangesAsync();
        await transaction.CommitAsync();
    }
}
