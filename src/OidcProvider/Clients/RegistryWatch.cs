using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Clients;

/// <summary>
/// Sees within a second what another process (a second node, the command line) changed, by one primary-key read twice a second.
/// While the database is away the snapshot stays as it is: what was registered a moment ago still is.
/// </summary>
internal sealed class RegistryWatch(IServiceScopeFactory scopes, RegistrySnapshot snapshot, ILogger<RegistryWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        long? seen = null;
        var healthy = true;
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var version = await scope.ServiceProvider.GetRequiredService<AppDbContext>().RegistryVersions.Select(row => row.Version).SingleAsync(stoppingToken);
                if (seen is not null && seen != version)
                {
                    snapshot.Invalidate();
                }

                seen = version;
                healthy = true;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                if (healthy)
                {
                    logger.LogWarning("The database does not answer: changes to clients made elsewhere are not seen until it does ({Reason})", fault.Message);
                }

                healthy = false;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
