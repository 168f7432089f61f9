using Quartz;

namespace OidcProvider.Audit;

/// <summary>Runs <see cref="History"/>; of several nodes, one does.</summary>
[DisallowConcurrentExecution]
internal sealed class PruneHistoryJob(History history, ILogger<PruneHistoryJob> logger) : IJob
{
    /// <summary>Every hour, away from the full hour at which everybody else's jobs run.</summary>
    public const string Schedule = "0 23 * * * ?";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var removed = await history.PruneAsync(cancellationToken);
        context.Result = $"{removed} rows removed";
        if (removed > 0)
        {
            logger.LogInformation("Pruned {Rows} rows of history", removed);
        }
    }
}
