using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Jobs;

namespace OidcProvider.Admin.Jobs;

/// <summary>A run as it is shown.</summary>
internal sealed record RunView(string Node, DateTime StartedAt, DateTime? EndedAt, bool Failed, string? Outcome);

/// <summary>A job with its last runs, newest first.</summary>
internal sealed record JobWithRuns(string Name, string? Schedule, DateTime? NextAt, IReadOnlyList<RunView> Runs)
{
    public RunView? Last => Runs.Count > 0 ? Runs[0] : null;
}

/// <summary>The jobs of the schedule and what the rows tell of their runs.</summary>
internal sealed class JobHistory(JobDesk desk, AppDbContext database)
{
    public async Task<IReadOnlyList<JobWithRuns>> ListAsync(int runs, CancellationToken cancellation)
    {
        var jobs = await desk.ListAsync(cancellation);
        List<JobWithRuns> found = [];
        // A handful of jobs, each a few rows along its own index.
        foreach (var job in jobs)
        {
            var rows = await database.JobRuns.AsNoTracking().Where(run => run.Job == job.Name).OrderByDescending(run => run.StartedAt).Take(runs).ToListAsync(cancellation);
            found.Add(new(job.Name, job.Schedule, job.NextAt, [.. rows.Select(run => new RunView(run.Node, Utc(run.StartedAt), run.EndedAt is { } ended ? Utc(ended) : null, run.Failed, run.Outcome))]));
        }

        return found;
    }

    private static DateTime Utc(DateTime at) => DateTime.SpecifyKind(at, DateTimeKind.Utc);
}
