using Quartz;

namespace OidcProvider.Keys;

/// <summary>
/// Makes the next key of each algorithm when it is due; of several nodes, one does. All nodes publish it within a second and sign with it from
/// the announced moment on (<see cref="KeyClock"/>).
/// </summary>
[DisallowConcurrentExecution]
internal sealed class RotateKeysJob(KeyRing ring, ILogger<RotateKeysJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var made = await ring.MakeDueAsync(cancellationToken);
        if (made.Count == 0)
        {
            return;
        }

        foreach (var key in made)
        {
            logger.LogInformation("Made the {Algorithm} key {Kid}; it is in force from {ActivateAt:u} on", key.Algorithm, key.Id, key.ActivateAt);
        }

        await ring.RefreshAsync(cancellationToken);
        context.Result = $"made {string.Join(", ", made.Select(key => $"{key.Algorithm} {key.Id}"))}";
    }
}
