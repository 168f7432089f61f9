using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Jobs;
using OidcProvider.TestKit;
using Quartz;

namespace OidcProvider.Tests.Admin;

/// <summary>Jobs: when they run next, how they ran, run one now.</summary>
public class JobsTests : ProviderFixture
{
    protected override JsonObject? Bootstrap => Given.Administration();

    protected override void Adjust(IServiceCollection services) => services.AddJob<SlowJob>("0 0 0 1 1 ? 2099");

    /// <summary>A job that ends when the test says so.</summary>
    private sealed class SlowJob : IJob
    {
        public static TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            Begun.SetResult();
            await End.Task.WaitAsync(cancellationToken);
            context.Result = "done at last";
        }
    }

    [Test]
    public async Task A_job_that_is_run_by_hand_leaves_its_run()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.jobs.read admin.jobs.write");
        Assert.That((await owner.SendAsync(HttpMethod.Post, "jobs/PruneHistoryJob/run")).Status, Is.EqualTo(202));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        JsonNode job;
        do
        {
            job = (await owner.GetAsync("jobs")).Body!["items"]!.AsArray().Single(item => (string?)item!["name"] == "PruneHistoryJob")!;
        }
        while (job["last"] is null && await timer.WaitForNextTickAsync(limit.Token));
        var run = job["last"]!;
        Assert.That(((bool)run["failed"]!, (string?)run["outcome"]), Is.EqualTo((false, "0 rows removed")));
        Assert.That(job["next_at"], Is.Not.Null);
    }

    [Test]
    public async Task A_run_that_goes_on_is_shown_without_an_end()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.jobs.read admin.jobs.write");
        Assert.That((await owner.SendAsync(HttpMethod.Post, $"jobs/{nameof(SlowJob)}/run")).Status, Is.EqualTo(202));
        await SlowJob.Begun.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var job = (await owner.GetAsync("jobs")).Body!["items"]!.AsArray().Single(item => (string?)item!["name"] == nameof(SlowJob))!;
        Assert.That((job["runs"]!.AsArray().Count, (string?)job["running"]!["ended_at"], job["last"]), Is.EqualTo((1, (string?)null, (JsonNode?)null)));
        Assert.That((string?)job["running"]!["started_at"], Is.Not.Null);
        using var alice = Browser();
        await alice.SignInAsync(await alice.GetAsync("/login"));
        Assert.That((await alice.GetAsync("/admin/jobs")).Body, Does.Contain(">running</span> since").And.Contain("<summary>The last run</summary>"));
        Assert.That((await alice.GetAsync("/admin")).Body, Does.Contain(">running</span>"));
        SlowJob.End.SetResult();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            job = (await owner.GetAsync("jobs")).Body!["items"]!.AsArray().Single(item => (string?)item!["name"] == nameof(SlowJob))!;
        }
        while (job["last"] is null && await timer.WaitForNextTickAsync(limit.Token));
        Assert.That((job["running"], (string?)job["last"]!["outcome"]), Is.EqualTo(((JsonNode?)null, "done at last")));
    }

    [Test]
    public async Task Who_may_only_look_cannot_run_one()
    {
        using var auditor = await AdminApi.SignInAsync(Host, Given.Auditor, "openid admin.jobs.read admin.jobs.write");
        Assert.That((await auditor.GetAsync("jobs")).Status, Is.EqualTo(200));
        Assert.That((await auditor.SendAsync(HttpMethod.Post, "jobs/PruneHistoryJob/run")).Status, Is.EqualTo(403));
        using var audrey = Browser();
        await audrey.SignInAsync(await audrey.GetAsync("/login"), Given.Auditor);
        var page = await audrey.GetAsync("/admin/jobs");
        Assert.That(page.Body, Does.Contain("SendMailJob").And.Not.Contain("Run now"));
        Assert.That((int)(await audrey.PostAsync("/admin/jobs", [new("job", "SendMailJob")])).Status, Is.EqualTo(403));
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.jobs.read admin.jobs.write");
        Assert.That((await owner.SendAsync(HttpMethod.Post, "jobs/Nothing/run")).Status, Is.EqualTo(404));
    }

    [Test]
    public void Of_uneventful_runs_one_in_a_while_is_noted_and_every_failure()
    {
        var now = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        var diary = new JobDiary(TimeProvider.System);
        for (var second = 0; second < 600; second += 2)
        {
            diary.Note(new FinishedRun("Busy", now.AddSeconds(second), now.AddSeconds(second), null, Failed: false));
        }

        diary.Note(new FinishedRun("Busy", now, now.AddSeconds(601), "broken", Failed: true));
        List<FinishedRun> noted = [];
        while (diary.Finished.TryRead(out var run))
        {
            noted.Add(run);
        }

        Assert.That((noted.Count, noted.Count(run => run.Failed)), Is.EqualTo((3, 1)));
    }
}
