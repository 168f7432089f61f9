using Quartz;

namespace OidcProvider.Jobs;

/// <summary>A job as an administrator sees it. Times are UTC.</summary>
internal sealed record JobView(string Name, string? Schedule, DateTime? NextAt, DateTime? PreviousAt);

/// <summary>What administrators do with jobs: look, and run one now.</summary>
internal sealed class JobDesk(ISchedulerFactory factory)
{
    public async Task<IReadOnlyList<JobView>> ListAsync(CancellationToken cancellation)
    {
        var scheduler = await factory.GetScheduler(cancellation);
        List<JobView> jobs = [];
        foreach (var key in await scheduler.GetJobKeys(GroupMatcher<JobKey>.AnyGroup(), cancellation))
        {
            var triggers = await scheduler.GetTriggersOfJob(key, cancellation);
            jobs.Add(new(
                key.Name,
                triggers.OfType<ICronTrigger>().FirstOrDefault()?.CronExpressionString,
                triggers.Select(trigger => trigger.NextFireTimeUtc?.UtcDateTime).Min(),
                triggers.Select(trigger => trigger.PreviousFireTimeUtc?.UtcDateTime).Max()));
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
