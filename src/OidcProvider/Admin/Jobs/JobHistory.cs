using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Jobs;

namespace OidcProvider.Admin.Jobs;

/// <summary>A run as it is shown; one that goes on has no end.</summary>
internal sealed record RunView(string Node, DateTime StartedAt, DateTime? EndedAt, bool Failed, string? Outcome);

/// <summary>A job with its last runs, first those that go on, then the ended ones, newest first.</summary>
internal sealed record JobWithRuns(string Name, string? Schedule, DateTime? NextAt, int FailedSinceYesterday, IReadOnlyList<RunView> Runs)
{
    /// <summary>The last one that ended.</summary>
    public RunView? Last => Runs.FirstOrDefault(run => run.EndedAt is not null);

    public RunView? Running => Runs.FirstOrDefault(run => run.EndedAt is null);
}

/// <summary>The jobs of the schedule and what the rows tell of their runs.</summary>
internal sealed class JobHistory(JobDesk desk, AppDbContext database, TimeProvider time)
{
    public async Task<IReadOnlyList<JobWithRuns>> ListAsync(int runs, CancellationToken cancellation)
    {
        var jobs = await desk.ListAsync(cancellation);
        var yesterday = time.GetUtcNow().UtcDateTime.AddDays(-1);
        var failed = await database.JobRuns.Where(run => run.StartedAt > yesterday && run.Failed).GroupBy(run => run.Job).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellation);
        List<JobWithRuns> found = [];
        // A handful of jobs, each a few rows along its own index.
        foreach (var job in jobs)
        {
            var rows = await database.JobRuns.AsNoTracking().Where(run => run.Job == job.Name).OrderByDescending(run => run.StartedAt).Take(runs).ToListAsync(cancellation);
            found.Add(new(job.Name, job.Schedule, job.NextAt, failed.GetValueOrDefault(job.Name), [.. job.Running.Select(run => new RunView(run.Node, run.StartedAt, null, false, null)), .. rows.Select(run => new RunView(run.Node, Utc(run.StartedAt), run.EndedAt is { } ended ? Utc(ended) : null, run.Failed, run.Outcome))]));
        }

        return found;
    }

    private static DateTime Utc(DateTime at) => DateTime.SpecifyKind(at, DateTimeKind.Utc);
}
