using Microsoft.EntityFrameworkCore;

namespace OidcProvider.Data;

/// <summary>Something that is held in memory and must be read anew when the database changed.</summary>
internal interface IHeldInMemory
{
    Task RefreshAsync(CancellationToken cancellation);
}

/// <summary>
/// Sees within a second what another process (a second node, the command line) changed, by one primary-key read twice a second.
/// While the database is away, what is in memory stays: what was registered a moment ago still is.
/// </summary>
internal sealed class ChangeWatch(IServiceScopeFactory scopes, IEnumerable<IHeldInMemory> held, ILogger<ChangeWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Counts a change; call it in the transaction that makes it.</summary>
    public static Task CountAsync(AppDbContext database, CancellationToken cancellation = default) =>
        database.ChangeCounts.ExecuteUpdateAsync(update => update.SetProperty(row => row.Version, row => row.Version + 1), cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        long? seen = null;
        var healthy = true;
        do
        {
            try
            {
                seen = await LookAsync(seen, stoppingToken);
                healthy = true;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                if (healthy)
                {
                    logger.LogWarning("The database does not answer: what other nodes change is not seen until it does ({Reason})", fault.Message);
                }

                healthy = false;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<long> LookAsync(long? seen, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var version = await scope.ServiceProvider.GetRequiredService<AppDbContext>().ChangeCounts.Select(row => row.Version).SingleAsync(cancellation);
        if (seen is not null && seen != version)
        {
            foreach (var item in held)
            {
                await item.RefreshAsync(cancellation);
            }
        }

        return version;
    }
}
