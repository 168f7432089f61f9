using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Admin.Audit;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Admin;

/// <summary>The audit trail: found, paged, named, exported, forgotten.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class AuditTests(Database database) : ProviderFixture(database)
{
    protected override JsonObject? Bootstrap => Given.Administration();

    private Task<AdminApi> AuditorAsync() => AdminApi.SignInAsync(Host, Given.Auditor, "openid admin.audit.read");

    private Task AddAsync(string @event, int count) => Host.InScopeAsync(async services =>
    {
        var database = services.GetRequiredService<AppDbContext>();
        var alice = await database.Users.SingleAsync(user => user.Email == Given.Alice);
        var now = Host.Time.GetUtcNow().UtcDateTime;
        // All in the same instant: only the id tells them apart.
        database.AuditRecords.AddRange(Enumerable.Range(0, count).Select(number => new AuditRecord
        {
            Id = Guid.CreateVersion7(), At = now, Event = @event, Actor = alice.Id.ToString(), Subject = $"={number}", ClientId = Given.Web,
            Change = AuditChange.Of(new JsonObject { ["name"] = "old" }, new JsonObject { ["name"] = "new" }),
        }));
        await database.SaveChangesAsync();
    });

    [Test]
    public async Task Pages_follow_one_another_without_gap_or_repetition_and_speak_of_names()
    {
        await AddAsync("test.paged", 7);
        using var auditor = await AuditorAsync();
        HashSet<string> seen = [];
        string? cursor = null;
        do
        {
            var page = (await auditor.GetAsync($"audit?event=test.paged&limit=3&cursor={cursor}")).Body!;
            foreach (var item in page["items"]!.AsArray())
            {
                Assert.That(seen.Add((string)item!["id"]!), Is.True);
                Assert.That(((string?)item["actor_name"], (string?)item["client_name"], (string?)item["change"]!["name"]!["after"]), Is.EqualTo(("Alice Archer", "App web", "new")));
            }

            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        Assert.That(seen, Has.Count.EqualTo(7));
    }

    [Test]
    public async Task Filters_narrow_by_event_person_client_and_time()
    {
        await AddAsync("test.filtered", 2);
        using var auditor = await AuditorAsync();
        async Task<int> Count(string query) => (await auditor.GetAsync($"audit?{query}")).Body!["items"]!.AsArray().Count;
        Assert.That(await Count("event=test.filtered"), Is.EqualTo(2));
        Assert.That(await Count("event=test.filt*&actor=alice@example.test&client_id=web"), Is.EqualTo(2));
        Assert.That(await Count("event=test.filtered&actor=bob@example.test"), Is.Zero);
        Assert.That(await Count($"event=test.filtered&from={Uri.EscapeDataString(Host.Time.GetUtcNow().AddMinutes(1).ToString("O"))}"), Is.Zero);
        Assert.That(await Count("event=test.filtered&subject=%3D1"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_download_is_whole_and_nothing_in_it_is_a_formula()
    {
        await AddAsync("test.exported", 1100);
        using var auditor = await AuditorAsync();
        var (_, _, response) = await auditor.GetAsync("audit/export?event=test.exported");
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.That((lines.Length, response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentDisposition?.FileName), Is.EqualTo((1101, "text/csv", "audit.csv")));
        Assert.That(lines.Skip(1), Has.All.Contains(",\"'=").And.All.Contains("Alice Archer"));
        var json = (await auditor.GetAsync("audit/export?event=test.exported&format=json")).Body!.AsArray();
        Assert.That(json.Select(item => (string)item!["id"]!).Distinct().Count(), Is.EqualTo(1100));
    }

    [Test]
    public async Task The_page_and_its_download_are_for_those_who_may()
    {
        await AddAsync("test.page", 1);
        using var audrey = Browser();
        await audrey.SignInAsync(await audrey.GetAsync("/login"), Given.Auditor);
        Assert.That((await audrey.GetAsync("/admin/audit?event=test.page")).Body, Does.Contain("Alice Archer").And.Contain("<ins>new</ins>"));
        Assert.That((await audrey.GetAsync("/admin/audit?event=test.page&handler=Export&format=csv")).Body, Does.StartWith("at,event,actor"));
        using var clara = Browser();
        await clara.SignInAsync(await clara.GetAsync("/login"), Given.ClientAdmin);
        Assert.That((int)(await clara.GetAsync("/admin/audit")).Status, Is.EqualTo(403));
        Assert.That((int)(await clara.GetAsync("/admin/audit?handler=Export")).Status, Is.EqualTo(403));
    }

    [Test]
    public async Task What_is_older_than_it_is_kept_is_forgotten()
    {
        await Host.InScopeAsync(async services =>
        {
            var database = services.GetRequiredService<AppDbContext>();
            var old = Host.Time.GetUtcNow().UtcDateTime.AddDays(-366);
            database.AuditRecords.Add(new AuditRecord { Id = Guid.CreateVersion7(), At = old, Event = "test.old" });
            database.JobRuns.Add(new JobRun { Id = Guid.CreateVersion7(), Job = "Old", StartedAt = old });
            database.MetricPoints.Add(new MetricPoint { At = old, Name = "tokens.x", Node = "n" });
            await database.SaveChangesAsync();
            await services.GetRequiredService<OidcProvider.Audit.History>().PruneAsync(CancellationToken.None);
            Assert.That(await database.AuditRecords.CountAsync(row => row.Event == "test.old") + await database.JobRuns.CountAsync(row => row.Job == "Old") + await database.MetricPoints.CountAsync(row => row.Name == "tokens.x"), Is.Zero);
        });
    }

    [TestCase("=1+1", "\"'=1+1\""), TestCase("@SUM(A1)", "\"'@SUM(A1)\""), TestCase("-2", "\"'-2\""), TestCase("a \"b\"", "\"a \"\"b\"\"\""), TestCase(null, "")]
    public void A_cell_is_quoted_and_no_formula(string? text, string cell) => Assert.That(AuditExport.Cell(text), Is.EqualTo(cell));
}
