using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Admin;

/// <summary>The configuration as a file over the API and on its page: seen before it is applied, applied by whom it is allowed, nothing of this machine told.</summary>
public class ConfigurationTests : ProviderFixture
{
    private const string Scopes = "openid admin.configuration.read admin.configuration.write";

    protected override JsonObject? Bootstrap => Given.Administration();

    [Test]
    public async Task What_is_applied_is_what_was_planned_and_the_audit_trail_knows_who_did_it()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        var file = File("planned", Given.Secret);
        var (status, plan, response) = await owner.SendAsync(HttpMethod.Post, "configuration/plan", file);
        Assert.That((status, (string?)plan!["steps"]![0]!["action"], (string?)plan["steps"]![0]!["name"]), Is.EqualTo((200, "create", "planned")));
        Assert.That(plan.ToJsonString(), Does.Not.Contain(Given.Secret));
        var version = response.Headers.ETag!.Tag;

        Assert.That((await owner.SendAsync(HttpMethod.Post, "configuration/apply", file)).Status, Is.EqualTo(428));
        Assert.That((await owner.SendAsync(HttpMethod.Post, "configuration/apply", file, "\"something-else\"")).Status, Is.EqualTo(412));
        Assert.That((await owner.SendAsync(HttpMethod.Post, "configuration/apply", file, version)).Status, Is.EqualTo(200));
        Assert.That((await owner.SendAsync(HttpMethod.Post, "configuration/apply", file, version)).Status, Is.EqualTo(412), "it is another plan now");
        (_, plan, _) = await owner.SendAsync(HttpMethod.Post, "configuration/plan", file);
        Assert.That(plan!["steps"]!.AsArray(), Is.Empty);
        await Host.InScopeAsync(async services =>
        {
            var made = await services.GetRequiredService<AppDbContext>().AuditRecords.Where(record => record.ClientId == "planned").OrderBy(record => record.Id).FirstAsync();
            Assert.That(Guid.TryParse(made.Actor, out _), Is.True);
        });
    }

    [Test]
    public async Task A_fault_anywhere_changes_nothing()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        var file = File("half-made", Given.Secret);
        file["clients"]!.AsArray().Add(new JsonObject { ["client_id"] = "wrong", ["redirect_uris"] = new JsonArray("javascript:alert(1)") });
        var (status, body, _) = await owner.SendAsync(HttpMethod.Post, "configuration/apply", file, "*");
        Assert.That((status, (string?)body!["errors"]![0]!["field"]), Is.EqualTo((422, "clients[1].redirect_uris[0]")));
        Assert.That((await owner.GetAsync("configuration")).Body!["clients"]!.AsArray().Select(client => (string?)client!["client_id"]), Does.Not.Contain("half-made"));
    }

    [TestCase("${env:PATH}"), TestCase("${file:/etc/hostname}")]
    public async Task A_reference_to_a_secret_of_the_server_is_not_followed_for_somebody_on_the_network(string reference)
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        var (status, body, _) = await owner.SendAsync(HttpMethod.Post, "configuration/apply", File("thief", reference), "*");
        Assert.That((status, (string?)body!["errors"]![0]!["field"]), Is.EqualTo((422, "clients[0].client_secret")));
    }

    [Test]
    public async Task Who_may_only_look_does_not_learn_secrets_by_trying_them()
    {
        var file = new JsonObject { ["clients"] = new JsonArray(Given.Client(Given.Worker, grants: ["client_credentials"], redirect: null, scope: "api")) };
        file["clients"]![0]!["client_secret"] = "a-guess-of-an-auditor-0123456789-0123456789";
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        using var auditor = await AdminApi.SignInAsync(Host, Given.Auditor, Scopes);
        Assert.That((await owner.SendAsync(HttpMethod.Post, "configuration/plan", file)).Body!["steps"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((await auditor.SendAsync(HttpMethod.Post, "configuration/plan", file)).Body!["steps"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task Whoever_a_file_bars_is_signed_out_and_the_audit_trail_says_so_in_the_same_change()
    {
        var (email, browser) = await SignedInAsync();
        using var signedIn = browser;
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        var file = new JsonObject { ["users"] = new JsonArray(new JsonObject { ["email"] = email, ["disabled"] = true }) };
        Assert.That((await owner.SendAsync(HttpMethod.Post, "configuration/apply", file, "*")).Status, Is.EqualTo(200));
        Assert.That((await browser.GetAsync("/account/sessions")).Title, Is.EqualTo("Sign in"));
        Assert.That((await owner.GetAsync("configuration")).Body!["users"]!.AsArray().Single(user => (string?)user!["email"] == email)!["disabled"]!.GetValue<bool>(), Is.True);
        await Host.InScopeAsync(async services =>
        {
            var data = services.GetRequiredService<AppDbContext>();
            var user = (await data.Users.SingleAsync(row => row.Email == email)).Id.ToString();
            Assert.That(await data.AuditRecords.CountAsync(record => record.Event == "user.disabled" && record.Subject == user), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Many_users_take_no_more_statements_than_one()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        using var spy = new SqlSpy(Host);
        async Task<(int Export, int Plan)> CountAsync()
        {
            spy.Take();
            var file = (await owner.GetAsync("configuration")).Body!.AsObject();
            var export = spy.Take().Split(' ').Count(verb => verb == "SELECT");
            file["clients"] = new JsonArray();
            await owner.SendAsync(HttpMethod.Post, "configuration/plan", file);
            return (export, spy.Take().Split(' ').Count(verb => verb == "SELECT"));
        }

        await CountAsync();
        var few = await CountAsync();
        for (var i = 0; i < 12; i++)
        {
            await UserAsync("reader");
        }

        Assert.That(await CountAsync(), Is.EqualTo(few));
        Assert.That(few.Export, Is.GreaterThan(3));
    }

    [Test]
    public async Task Yaml_is_taken_and_given_but_not_what_explodes()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        using var http = new HttpClient { BaseAddress = Host.Issuer };
        using var tool = new RelyingParty(Host, Given.AdminTool);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await tool.SignInAsync(null, Given.Alice, ("scope", Scopes)))["access_token"]);
        var yaml = await http.GetStringAsync("/api/admin/v1/configuration?format=yaml");
        Assert.That(yaml, Does.StartWith("scopes:"));
        Assert.That((int)(await PlanAsync(http, yaml)).StatusCode, Is.EqualTo(200));
        Assert.That((int)(await PlanAsync(http, "a: &a [x, x]\nscopes: [*a, *a]")).StatusCode, Is.EqualTo(422));
        Assert.That((int)(await PlanAsync(http, new string('[', 100_000))).StatusCode, Is.EqualTo(422));
    }

    [Test]
    public async Task On_the_page_a_file_is_looked_at_confirmed_and_applied()
    {
        using var owner = Browser();
        await owner.SignInAsync(await owner.GetAsync("/login"));
        var page = await owner.GetAsync("/admin/configuration");
        Assert.That(page.Title, Is.EqualTo("Configuration"));
        var shown = await UploadAsync(owner, page, File("uploaded", Given.Secret).ToJsonString());
        Assert.That(shown.Body, Does.Contain("uploaded").And.Contain("Apply 1 change").And.Not.Contain(Given.Secret));
        var done = await owner.SubmitAsync(shown);
        Assert.That(done.Body, Does.Contain("1 change applied"));
        Assert.That((await owner.GetAsync("/admin/configuration?handler=Export&format=yaml")).Body, Does.Contain("uploaded"));
        Assert.That((int)(await UploadAsync(owner, page, "{ \"clients\": 3 }")).Status, Is.EqualTo(422));
    }

    [Test]
    public async Task Who_may_only_look_sees_no_button_and_may_not_post_it()
    {
        using var auditor = Browser();
        await auditor.SignInAsync(await auditor.GetAsync("/login"), Given.Auditor);
        var shown = await UploadAsync(auditor, await auditor.GetAsync("/admin/configuration"), File("sneaked", Given.Secret).ToJsonString());
        Assert.That(shown.Body, Does.Contain("sneaked").And.Not.Contain("handler=Apply"));
        Assert.That((int)(await auditor.PostAsync("/admin/configuration?handler=Apply", [])).Status, Is.EqualTo(403));
        using var clara = Browser();
        await clara.SignInAsync(await clara.GetAsync("/login"), Given.ClientAdmin);
        Assert.That((int)(await clara.GetAsync("/admin/configuration")).Status, Is.EqualTo(403));
    }

    private static JsonObject File(string client, string secret) => new()
    {
        ["clients"] = new JsonArray(new JsonObject { ["client_id"] = client, ["client_secret"] = secret, ["grant_types"] = new JsonArray("client_credentials"), ["scope"] = "api" }),
    };

    private static async Task<HttpResponseMessage> PlanAsync(HttpClient http, string yaml)
    {
        using var content = new StringContent(yaml, Encoding.UTF8, "application/yaml");
        return await http.PostAsync("/api/admin/v1/configuration/plan", content);
    }

    private static async Task<TestKit.Page> UploadAsync(UserAgent agent, TestKit.Page page, string file)
    {
        using var content = new MultipartFormDataContent { { new StringContent(file), "File", "wanted.json" } };
        foreach (var (name, value) in UserAgent.Form(page).Fields.Where(field => field.Key.StartsWith("__", StringComparison.Ordinal)))
        {
            content.Add(new StringContent(value), name);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/configuration?handler=Plan") { Content = content };
        return await agent.SendAsync(request);
    }
}
