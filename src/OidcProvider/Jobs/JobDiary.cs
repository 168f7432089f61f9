using System.Collections.Concurrent;
using System.Threading.Channels;
using Quartz;

namespace OidcProvider.Jobs;

/// <summary>One finished run of a job.</summary>
internal sealed record FinishedRun(string Job, DateTime StartedAt, DateTime EndedAt, string? Outcome, bool Failed);

/// <summary>
/// Hears of every run. Runs that did something or failed are noted; of the uneventful ones of a job that runs every few seconds, one in a while,
/// which shows that it is alive. Whoever keeps rows takes them from <see cref="Finished"/>.
/// </summary>
internal sealed class JobDiary(TimeProvider time) : IJobListener
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromMinutes(5);

    private readonly Channel<FinishedRun> _finished = Channel.CreateBounded<FinishedRun>(new BoundedChannelOptions(500) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly ConcurrentDictionary<string, DateTime> _noted = new(StringComparer.Ordinal);

    public string Name => nameof(JobDiary);

    public ChannelReader<FinishedRun> Finished => _finished.Reader;

    public ValueTask JobToBeExecuted(IJobExecutionContext context, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask JobExecutionVetoed(IJobExecutionContext context, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask JobWasExecuted(IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var ended = time.GetUtcNow().UtcDateTime;
        var outcome = jobException is null ? context.Result?.ToString() : (jobException.InnerException ?? jobException).Message.ReplaceLineEndings(" ");
        Note(new FinishedRun(context.JobDetail.Key.Name, ended - context.JobRunTime, ended, outcome is { Length: > 1000 } ? outcome[..1000] : outcome, jobException is not null));
        return ValueTask.CompletedTask;
    }

    public void Note(FinishedRun run)
    {
        var uneventful = !run.Failed && run.Outcome is null;
        if (uneventful && _noted.TryGetValue(run.Job, out var last) && run.EndedAt - last < SignOfLife)
        {
            return;
        }

        _noted[run.Job] = run.EndedAt;
        _finished.Writer.TryWrite(run);
    }
}
