using System.Diagnostics.Metrics;
using OidcProvider.Hosting;
using Quartz;

namespace OidcProvider.Tokens;

/// <summary>Runs <see cref="Pruning"/>; of several nodes, one does. What a run removed stands in the log and in the metric <c>oidcprovider.pruned</c>.</summary>
[DisallowConcurrentExecution]
internal sealed class PruneExpiredJob(Pruning pruning, IMeterFactory meters, ILogger<PruneExpiredJob> logger) : IJob
{
    // The factory hands out the same meter and instrument each time.
    private readonly Counter<long> _pruned = meters.Create(ServerMeter.Name).CreateCounter<long>("oidcprovider.pruned", "{row}", "Expired rows that were removed.");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var pruned = await pruning.RunAsync(cancellationToken);
        context.Result = $"{pruned.Total} rows removed";
        Count("token", pruned.Tokens);
        Count("grant", pruned.Grants);
        Count("revoked_access_token", pruned.RevokedAccessTokens);
        Count("session", pruned.Sessions);
        Count("sign_in", pruned.SignIn);
        Count("key", pruned.Keys);
        if (pruned.Total > 0)
        {
            logger.LogInformation(
                "Pruned {Tokens} tokens, {Grants} grants, {RevokedAccessTokens} revoked access tokens, {Sessions} sessions, {SignIn} rows of signing in, {Keys} keys",
                pruned.Tokens, pruned.Grants, pruned.RevokedAccessTokens, pruned.Sessions, pruned.SignIn, pruned.Keys);
        }
    }

    private void Count(string kind, int rows) => _pruned.Add(rows, new KeyValuePair<string, object?>("kind", kind));
}
