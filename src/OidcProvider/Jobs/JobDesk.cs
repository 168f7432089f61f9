using OidcProvider.Telemetry;
using Quartz;

namespace OidcProvider.Jobs;

/// <summary>A run that has not ended yet, and where it goes on.</summary>
internal sealed record RunningJob(string Node, DateTime StartedAt);

/// <summary>A job as an administrator sees it. Times are UTC.</summary>
internal sealed record JobView(string Name, string? Schedule, DateTime? NextAt, DateTime? PreviousAt, IReadOnlyList<RunningJob> Running);

/// <summary>What administrators do with jobs: look, and run one now.</summary>
internal sealed class JobDesk(ISchedulerFactory factory)
{
    // What a scheduler calls itself that has no others beside it.
    private const string Alone = "NON_CLUSTERED";

    public async Task<IReadOnlyList<JobView>> ListAsync(CancellationToken cancellation)
    {
        var scheduler = await factory.GetScheduler(cancellation);
        // On a shared schedule this knows what the other nodes run, too.
        var running = (await scheduler.QueryFireInstances(new FireInstanceQuery(), cancellation)).Items.Where(run => run.JobKey is not null)
            .ToLookup(run => run.JobKey!, run => new RunningJob(run.SchedulerInstanceId == Alone ? ThisNode.Name : run.SchedulerInstanceId, run.FireTimeUtc.UtcDateTime));
        List<JobView> jobs = [];
        foreach (var key in await scheduler.GetJobKeys(GroupMatcher<JobKey>.AnyGroup(), cancellation))
        {
            var triggers = await scheduler.GetTriggersOfJob(key, cancellation);
            jobs.Add(new(
                key.Name,
                triggers.OfType<ICronTrigger>().FirstOrDefault()?.CronExpressionString,
                triggers.Select(trigger => trigger.NextFireTimeUtc?.UtcDateTime).Min(),
                triggers.Select(trigger => trigger.PreviousFireTimeUtc?.UtcDateTime).Max(),
                [.. running[key].OrderByDescending(run => run.StartedAt)]));
        }

        return [.. jobs.OrderBy(job => job.Name, StringComparer.Ordinal)];
    }

    /// <summary>False: there is no such job.</summary>
    public async Task<bool> RunAsync(string name, CancellationToken cancellation)
    {
        var scheduler = await factory.GetScheduler(cancellation);
        var key = new JobKey(name);
        if (!await scheduler.Exists(key, cancellation))
        {
            return false;
        }

        await scheduler.TriggerJob(key, cancellation);
        return true;
    }
}
