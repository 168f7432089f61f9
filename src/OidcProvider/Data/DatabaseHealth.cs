using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OidcProvider.Data;

/// <summary>Ready means: the database answers and has the schema this version needs.</summary>
internal sealed class DatabaseHealth(AppDbContext database) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            _ = await database.SigningKeys.AnyAsync(limit.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (fault is System.Data.Common.DbException or OperationCanceledException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", fault);
        }
    }
}
