using OidcProvider.Data;
using OidcProvider.Jobs;
using OidcProvider.Telemetry;

namespace OidcProvider.Admin.Jobs;

/// <summary>Keeps a row of each run that the diary notes. What cannot be written is lost: no job depends on it.</summary>
internal sealed class JobRunWriter(JobDiary diary, IServiceScopeFactory scopes, ILogger<JobRunWriter> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await diary.Finished.WaitToReadAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
                while (diary.Finished.TryRead(out var run))
                {
                    database.JobRuns.Add(new JobRun { Id = Guid.CreateVersion7(), Job = run.Job, Node = ThisNode.Name, StartedAt = run.StartedAt, EndedAt = run.EndedAt, Outcome = run.Outcome, Failed = run.Failed });
                }

                await database.SaveChangesAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning("Runs of jobs could not be noted ({Reason})", fault.Message);
            }
        }
    }
}
