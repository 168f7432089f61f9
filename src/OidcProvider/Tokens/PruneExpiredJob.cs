using Quartz;

namespace OidcProvider.Tokens;

/// <summary>Runs <see cref="Pruning"/>; of several nodes, one does.</summary>
[DisallowConcurrentExecution]
internal sealed class PruneExpiredJob(Pruning pruning, ILogger<PruneExpiredJob> logger) : IJob
{
    /// <summary>Every quarter of an hour, away from the full hour at which everybody else's jobs run.</summary>
    public const string Schedule = "0 7/15 * * * ?";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var pruned = await pruning.RunAsync(cancellationToken);
        context.Result = $"{pruned.Total} rows removed";
        if (pruned.Total > 0)
        {
            logger.LogInformation(
                "Pruned {Tokens} tokens, {Grants} grants, {RevokedAccessTokens} revoked access tokens, {Sessions} sessions, {SignIn} rows of signing in",
                pruned.Tokens, pruned.Grants, pruned.RevokedAccessTokens, pruned.Sessions, pruned.SignIn);
        }
    }
}
