using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OidcProvider.Admin.Charts;
using OidcProvider.Admin.Dashboard;
using OidcProvider.Data;
using OidcProvider.Keys;
using OidcProvider.Telemetry;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Admin;

/// <summary>What is counted, written once a minute, and drawn.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class DashboardTests(Database database) : ProviderFixture(database)
{
    protected override JsonObject? Bootstrap => Given.Administration();

    [Test]
    public async Task Tokens_are_counted_in_memory_and_drawn_for_those_who_may_see_them()
    {
        var writer = Host.Services.GetServices<IHostedService>().OfType<MetricWriter>().Single();
        await writer.FlushAsync(CancellationToken.None);
        var before = await CountAsync();
        using var worker = Client(Given.Worker, redirect: null);
        for (var round = 0; round < 3; round++)
        {
            Assert.That((await worker.TokenAsync(("grant_type", "client_credentials")))["access_token"], Is.Not.Null);
        }

        await writer.FlushAsync(CancellationToken.None);
        // The same minute again adds up.
        await worker.TokenAsync(("grant_type", "client_credentials"));
        await writer.FlushAsync(CancellationToken.None);
        Assert.That(await CountAsync() - before, Is.EqualTo(4));
        await Host.InScopeAsync(async services =>
        {
            var data = services.GetRequiredService<DashboardData>();
            var tokens = await data.TokensAsync(CancellationToken.None);
            Assert.That(tokens.Series.Single(series => series.Name == "client credentials").Values.Sum(), Is.EqualTo(before + 4));
            Assert.That((await data.LatencyAsync(CancellationToken.None)).Series.All(series => series.Values[^1] > 0), Is.True);
        });

        using var audrey = Browser();
        await audrey.SignInAsync(await audrey.GetAsync("/login"), Given.Auditor);
        var page = await audrey.GetAsync("/admin");
        Assert.That(page.Body, Does.Contain("Sign-ins").And.Contain("Token answers by grant").And.Contain("Time of a token answer").And.Contain("hour, UTC").And.Contain("Mails waiting"));
        using var ursula = Browser();
        await ursula.SignInAsync(await ursula.GetAsync("/login"), Given.UserAdmin);
        Assert.That((await ursula.GetAsync("/admin")).Body, Does.Contain("Sign-ins").And.Not.Contain("Token answers by grant").And.Not.Contain("Mails waiting"));
    }

    private async Task<long> CountAsync()
    {
        long count = 0;
        await Host.InScopeAsync(async services => count = await services.GetRequiredService<AppDbContext>().MetricPoints.Where(row => row.Name == "tokens.client_credentials").SumAsync(row => row.Count));
        return count;
    }

    [Test]
    public async Task Sign_ins_and_failures_stand_in_the_hour_they_happened()
    {
        using var bob = Browser();
        await bob.SignInAsync(await bob.GetAsync("/login"), Given.Bob, "wrong wrong wrong wrong");
        await bob.SignInAsync(await bob.GetAsync("/login"), Given.Bob);
        await Host.InScopeAsync(async services =>
        {
            var chart = await services.GetRequiredService<DashboardData>().SignInsAsync(CancellationToken.None);
            Assert.That((chart.Series[0].Values[^1] >= 1, chart.Series[1].Values[^1] >= 1), Is.EqualTo((true, true)));
        });
    }

    [Test]
    public async Task Refusals_that_were_not_kept_are_counted_and_shown_and_so_is_what_waits()
    {
        var measurements = Host.Services.GetRequiredService<Measurements>();
        measurements.RequestRefused("token", "invalid_client");
        measurements.RequestRefused("token", "invalid_client");
        measurements.RefusalNotKept();
        await Host.Services.GetServices<IHostedService>().OfType<MetricWriter>().Single().FlushAsync(CancellationToken.None);
        await Host.InScopeAsync(async services =>
        {
            var (data, rows) = (services.GetRequiredService<DashboardData>(), services.GetRequiredService<AppDbContext>());
            var chart = await data.RefusedAsync(CancellationToken.None);
            Assert.That((chart.Series[0].Values[^1] >= 1, chart.Series[1].Values[^1]), Is.EqualTo((true, (double?)1)));
            Assert.That(await data.NotKeptAsync(CancellationToken.None), Is.EqualTo(1));
            var before = await data.OutboxAsync(CancellationToken.None);
            var now = Host.Time.GetUtcNow().UtcDateTime;
            rows.WebhookDeliveries.Add(new WebhookDelivery { Id = Guid.NewGuid(), WebhookId = Guid.NewGuid(), Event = "user.added", CreatedAt = now, NextTryAt = now.AddDays(1) });
            rows.WebhookDeliveries.Add(new WebhookDelivery { Id = Guid.NewGuid(), WebhookId = Guid.NewGuid(), Event = "user.added", CreatedAt = now, NextTryAt = now.AddDays(1), FailedAt = now });
            await rows.SaveChangesAsync();
            Assert.That(await data.OutboxAsync(CancellationToken.None), Is.EqualTo(before with { Messages = before.Messages + 1, MessagesGivenUp = before.MessagesGivenUp + 1 }));
        });

        using var audrey = Browser();
        await audrey.SignInAsync(await audrey.GetAsync("/login"), Given.Auditor);
        Assert.That((await audrey.GetAsync("/admin")).Body, Does.Contain("Refused requests").And.Contain("Refusals not kept since yesterday</dt><dd>1</dd>").And.Contain("Age of the keys in use").And.Contain("Webhook messages given up since yesterday</dt><dd>1</dd>"));
        Assert.That((await audrey.GetAsync("/admin/requests")).Body, Does.Contain("1 more was refused and not kept"));
    }

    [Test]
    public async Task Metrics_are_told_to_this_machine_in_the_format_of_Prometheus()
    {
        using var worker = Client(Given.Worker, redirect: null);
        await worker.TokenAsync(("grant_type", "client_credentials"));
        using var http = new HttpClient { BaseAddress = Host.Issuer };
        Assert.That(await http.GetStringAsync("/metrics"), Does.Contain("oidc_tokens_issued").And.Contain("grant_type=\"client_credentials\""));
        using var proxied = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        proxied.Headers.Add("X-Forwarded-For", "203.0.113.9");
        Assert.That((int)(await http.SendAsync(proxied)).StatusCode, Is.EqualTo(404));
    }
}

/// <summary>From values to coordinates, and from counts to percentiles.</summary>
public class ChartTests
{
    [TestCase(0, 1), TestCase(3, 1), TestCase(7, 2), TestCase(18, 5), TestCase(90, 50), TestCase(1200, 500)]
    public void Lines_of_the_grid_are_round_numbers(double most, double step) => Assert.That(Plot.Step(most), Is.EqualTo(step));

    [Test]
    public void Bars_are_stacked_and_stay_within_the_picture()
    {
        var plot = Plot.Of(new Chart("c", ChartKind.StackedBars, "t", "u", "a", ["1", "2"], [new("one", [3, 0]), new("two", [5, 1])]));
        Assert.That(plot.Shapes, Has.Count.EqualTo(2));
        Assert.That(plot.Up[0].At, Is.EqualTo(Plot.Height - Plot.Bottom));
        Assert.That(plot.Up[^1].At, Is.EqualTo(Plot.Top));
        Assert.That(plot.Shapes[1].Path, Does.StartWith("M").And.Contain("Z"));
    }

    [Test]
    public void A_line_is_broken_where_nothing_was_measured() =>
        Assert.That(Plot.Of(new Chart("c", ChartKind.Lines, "t", "u", "a", ["1", "2", "3"], [new("one", [3, null, 4])])).Shapes[0].Path.Count(character => character == 'M'), Is.EqualTo(2));

    [Test]
    public void A_key_is_as_old_as_it_signs_and_has_as_long_as_its_rotation_leaves_it()
    {
        var now = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        KeyView Key(string algorithm, string phase, int age, int? until = null) => new("k", "sig", algorithm, phase, now.AddDays(-age - 1), now.AddDays(-age)) { SignsUntil = until is { } days ? now.AddDays(days) : null };
        var chart = KeyAges.Of([Key("RS256", "signing", 60), Key("RS256", "retired", 150, -60), Key("ES256", "signing", 100), Key("PS256", "signing", 80, 1)], now, TimeSpan.FromDays(90));
        Assert.That(chart.Labels, Is.EqualTo(new[] { "RS256", "ES256", "PS256" }));
        Assert.That(chart.Series[0].Values, Is.EqualTo(new double?[] { 30, 0, 1 }), "overdue, and one whose successor is announced");
        Assert.That(chart.Series[1].Values, Is.EqualTo(new double?[] { 60, 100, 80 }));
        Assert.That(chart.IsEmpty, Is.False);
    }

    [Test]
    public void Percentiles_come_from_classes_and_nothing_from_nothing()
    {
        var latency = new Latency();
        for (var number = 0; number < 99; number++)
        {
            latency.Record(1.8);
        }

        latency.Record(900);
        var counts = latency.Take();
        Assert.That(Latency.Percentile(counts, 0.5), Is.InRange(1.5, 2));
        Assert.That(Latency.Percentile(counts, 0.995), Is.InRange(750, 1000));
        Assert.That(Latency.Percentile(latency.Take(), 0.5), Is.Null);
    }

    [TestCase("127.0.0.1", true), TestCase("::1", true), TestCase("::ffff:127.0.0.1", true), TestCase("10.1.2.3", true), TestCase("192.168.7.7", true), TestCase("11.1.2.3", false), TestCase(null, false)]
    public void Metrics_are_for_this_machine_and_allowed_addresses(string? address, bool allowed) =>
        Assert.That(new TelemetryOptions { MetricsAllowedFrom = ["10.0.0.0/8", "192.168.7.7"] }.Allows(address is null ? null : System.Net.IPAddress.Parse(address)), Is.EqualTo(allowed));
}
