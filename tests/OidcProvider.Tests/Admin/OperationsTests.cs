using System.Text.Json.Nodes;
using OidcProvider.Admin.Keys;
using OidcProvider.Admin.Settings;
using OidcProvider.Keys;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Admin;

/// <summary>Keys along time and their revocation, settings in force, the doctor's page.</summary>
public class OperationsTests : ProviderFixture
{
    protected override JsonObject? Bootstrap => Given.Administration();

    protected override IReadOnlyDictionary<string, string>? Settings => new Dictionary<string, string> { ["Email:Smtp:Password"] = "smtp-password-of-this-test" };

    private async Task<UserAgent> SignedInAsync(string user)
    {
        var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"), user);
        return browser;
    }

    [Test]
    public async Task A_key_is_revoked_only_after_saying_what_breaks()
    {
        using var client = Client();
        await client.SignInAsync();
        using var alice = await SignedInAsync(Given.Alice);
        using var api = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.keys.read");
        var kid = (await api.GetAsync("keys")).Body!["items"]!.AsArray().Where(key => (string?)key!["algorithm"] == "PS256" && (string?)key["phase"] == "signing").Select(key => (string)key!["kid"]!).Single();
        Assert.That((await alice.GetAsync("/admin/keys")).Body, Does.Contain("<svg").And.Contain($"/admin/keys/{kid}/revoke"));
        var page = await alice.GetAsync($"/admin/keys/{kid}/revoke");
        Assert.That(page.Body, Does.Contain("What breaks").And.Contain("ID tokens that it signed no longer verify"));
        Assert.That((int)(await alice.PostAsync($"/admin/keys/{kid}/revoke", [])).Status, Is.EqualTo(400), "without the antiforgery token");
        page = await alice.SubmitAsync(page);
        Assert.That(page.Body, Does.Contain("The key was revoked"));
        Assert.That((int)(await alice.GetAsync($"/admin/keys/{kid}/revoke")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task The_next_key_is_announced_from_the_page()
    {
        using var alice = await SignedInAsync(Given.Alice);
        var page = await alice.SubmitAsync(await alice.GetAsync("/admin/keys"), null, ("algorithm", "RS256"));
        Assert.That(page.Body, Does.Contain("The next key is announced").And.Contain("badge-announced"));
    }

    [Test]
    public async Task Who_may_only_look_finds_no_buttons_and_cannot_post()
    {
        using var audrey = await SignedInAsync(Given.Auditor);
        var page = await audrey.GetAsync("/admin/keys");
        Assert.That(page.Body, Does.Contain("RS256").And.Not.Contain("/revoke").And.Not.Contain("Announce the next key"));
        Assert.That((int)(await audrey.PostAsync("/admin/keys", [new("algorithm", "ES256")])).Status, Is.EqualTo(403));
        Assert.That((int)(await audrey.GetAsync("/admin/keys/x/revoke")).Status, Is.EqualTo(403));
        foreach (var path in new[] { "/admin/settings", "/admin/doctor", "/admin/jobs", "/admin/audit", "/admin/requests" })
        {
            Assert.That((int)(await audrey.GetAsync(path)).Status, Is.EqualTo(200), path);
        }

        using var clara = await SignedInAsync(Given.ClientAdmin);
        Assert.That((int)(await clara.GetAsync("/admin/requests")).Status, Is.EqualTo(200));
        using var ursula = await SignedInAsync(Given.UserAdmin);
        Assert.That((int)(await ursula.GetAsync("/admin/requests")).Status, Is.EqualTo(403));
        foreach (var path in new[] { "/admin/settings", "/admin/doctor", "/admin/jobs", "/admin/audit", "/admin/keys" })
        {
            Assert.That((int)(await clara.GetAsync(path)).Status, Is.EqualTo(403), path);
            Assert.That((int)(await ursula.GetAsync(path)).Status, Is.EqualTo(403), path);
        }
    }

    [Test]
    public async Task Settings_show_value_origin_and_meaning_and_no_secret()
    {
        using var auditor = await AdminApi.SignInAsync(Host, Given.Auditor, "openid admin.configuration.read");
        var (_, body, _) = await auditor.GetAsync("settings");
        (string? Value, string? Source) Of(string key) => body!["items"]!.AsArray().Where(item => (string?)item!["key"] == key).Select(item => ((string?)item!["value"], (string?)item["source"])).Single();
        Assert.That(Of("Throttling:LoginAttempts"), Is.EqualTo(("1000", "command line")));
        Assert.That(Of("Protocol:AuthorizationCodeLifetime"), Is.EqualTo(("00:01:00", "default")));
        Assert.That(Of("Email:Smtp:Password"), Is.EqualTo((SettingsInForce.Masked, "command line")));
        Assert.That(body!.ToJsonString(), Does.Not.Contain("smtp-password-of-this-test"));
        Assert.That(body["items"]!.AsArray().Count(item => (string?)item!["description"] is null), Is.Zero);
    }

    [TestCase("Host=db;Username=u;Password=p@ss", "Host=db;Username=u;Password=••• (set)"), TestCase("redis:6379,password=abc,ssl=true", "redis:6379,password=••• (set),ssl=true"), TestCase("Data Source=data/oidc.db", "Data Source=data/oidc.db")]
    public void A_connection_string_is_shown_without_its_password(string text, string shown) => Assert.That(SettingsInForce.WithoutPasswords(text), Is.EqualTo(shown));

    [Test]
    public async Task The_doctor_finds_a_running_installation_well_by_page_and_api()
    {
        using var auditor = await AdminApi.SignInAsync(Host, Given.Auditor, "openid admin.configuration.read");
        var findings = (await auditor.GetAsync("doctor")).Body!["items"]!.AsArray();
        Assert.That(findings.Where(finding => (string?)finding!["health"] != "ok"), Is.Empty);
        Assert.That(findings.Select(finding => (string?)finding!["what"]), Is.SupersetOf(new[] { "settings", "database", "database schema", "clock", "key RS256", "mail", "outbox", "redis", "disk", "cookies", "proxy headers", "TLS", "issuer", "JWKS" }));
        using var audrey = await SignedInAsync(Given.Auditor);
        Assert.That((await audrey.GetAsync("/admin/doctor")).Body, Does.Contain("Everything that was looked at is well."));
    }

    [Test]
    public void The_timeline_shows_each_phase_in_order_within_the_picture()
    {
        var now = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        KeyView[] keys =
        [
            new("new", "sig", "RS256", "announced", now.AddHours(-1), now.AddHours(23)),
            new("now", "sig", "RS256", "signing", now.AddDays(-90), now.AddDays(-89)) { SignsUntil = now.AddHours(23), PublishedUntil = now.AddDays(31) },
            new("bad", "sig", "ES256", "revoked", now.AddDays(-50), now.AddDays(-49)) { SignsUntil = now.AddDays(-2), PublishedUntil = now.AddDays(-2), RevokedAt = now.AddDays(-2) },
        ];
        var timeline = KeyTimeline.Of(keys, now, TimeSpan.FromDays(90));
        Assert.That(timeline.Lines.Select(line => string.Join(' ', line.Phases.Select(phase => phase.Name))), Is.EqualTo(new[] { "announced signing planned", "announced signing retired", "revoked" }));
        Assert.That(timeline.Lines.SelectMany(line => line.Phases), Has.All.Matches<Phase>(phase => phase.From >= KeyTimeline.Left && phase.To <= KeyTimeline.Width - KeyTimeline.Right && phase.From <= phase.To));
    }
}
