using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.Admin;

/// <summary>Ticked in a list, asked about in total, done to each, by those who may.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class BulkTests(Database database) : ProviderFixture(database)
{
    protected override JsonObject? Bootstrap => Given.Administration();

    [Test]
    public async Task Ticked_users_are_asked_about_in_total_and_disabled_and_enabled()
    {
        var (first, one) = await SignedInAsync();
        var (second, two) = await SignedInAsync();
        using var browsers = one;
        using var more = two;
        var ids = new[] { await IdAsync(first), await IdAsync(second) };
        using var ursula = await AdminAsync(Given.UserAdmin);
        var list = await ursula.GetAsync("/admin/users?q=u");
        Assert.That(list.Body, Does.Contain($"name=\"ids\" value=\"{ids[0]}\"").And.Contain($"name=\"ids\" value=\"{ids[1]}\""));

        var asked = await PostAsync(ursula, list, "/admin/users/bulk", "disable", ids);
        Assert.That(asked.Title, Is.EqualTo("Disable 2 users?"));
        Assert.That(asked.Body, Does.Contain("2 live sessions, 0 refresh tokens and 0 apps lose access").And.Contain(first).And.Contain(second));
        Assert.That((await one.GetAsync("/account")).Title, Is.Not.EqualTo("Sign in"), "nothing has happened yet");
        var done = await ActAsync(ursula, asked);
        Assert.That(done.Title, Is.EqualTo("2 of 2 disabled"));
        Assert.That(((await one.GetAsync("/account")).Title, (await two.GetAsync("/account")).Title), Is.EqualTo(("Sign in", "Sign in")));

        var again = await PostAsync(ursula, done.Status == System.Net.HttpStatusCode.OK ? await ursula.GetAsync("/admin/users?q=u") : done, "/admin/users/bulk", "enable", ids);
        Assert.That((await ActAsync(ursula, again)).Title, Is.EqualTo("2 of 2 enabled"));
        Assert.That((await one.SignInAsync(await one.GetAsync("/login"), first)).Title, Is.EqualTo("You are signed in"));
    }

    [Test]
    public async Task A_user_admin_reaches_no_owner_and_nobody_disables_themselves_or_the_last_owner()
    {
        var (bob, alice, ursulas) = (await IdAsync(Given.Bob), await IdAsync(Given.Alice), await IdAsync(Given.UserAdmin));
        using var ursula = await AdminAsync(Given.UserAdmin);
        var list = await ursula.GetAsync("/admin/users");
        Assert.That(list.Body, Does.Contain($"value=\"{bob}\"").And.Not.Contain($"name=\"ids\" value=\"{alice}\"").And.Not.Contain($"name=\"ids\" value=\"{ursulas}\""));
        var done = await ActAsync(ursula, await PostAsync(ursula, list, "/admin/users/bulk", "disable", [alice, bob, ursulas]));
        Assert.That(done.Title, Is.EqualTo("1 of 3 disabled"));
        Assert.That(Regex.Count(done.Body, "Only an owner may change an account that administers"), Is.EqualTo(2));
        await ActAsync(ursula, await PostAsync(ursula, list, "/admin/users/bulk", "enable", [bob]));

        using var owner = await AdminAsync(Given.Alice);
        list = await owner.GetAsync("/admin/users");
        Assert.That((await ActAsync(owner, await PostAsync(owner, list, "/admin/users/bulk", "disable", [alice]))).Body, Does.Contain("This is the last owner"));
        var other = await UserAsync(AdminRoles.Owner);
        Assert.That((await ActAsync(owner, await PostAsync(owner, list, "/admin/users/bulk", "disable", [alice]))).Body, Does.Contain("This is your own account"));
        Assert.That((await ActAsync(owner, await PostAsync(owner, list, "/admin/users/bulk", "disable", [await IdAsync(other)]))).Title, Is.EqualTo("1 of 1 disabled"));
    }

    [Test]
    public async Task Ticked_clients_are_disabled_enabled_and_removed_and_what_one_refuses_does_not_stop_the_others()
    {
        var names = await MakeClientsAsync("bulk-a", "bulk-b");
        using var person = Browser();
        using var client = new RelyingParty(Host, "bulk-a", Given.Redirect, Given.Secret);
        Assert.That((await client.SignInAsync(person, Given.Bob, ("scope", "openid offline_access")))["refresh_token"], Is.Not.Null);
        using var clara = await AdminAsync(Given.ClientAdmin);
        var list = await clara.GetAsync("/admin/clients?q=bulk");
        Assert.That(list.Body, Does.Contain("name=\"ids\" value=\"bulk-a\"").And.Contain("data-tick-all"));
        Assert.That((await clara.GetAsync("/admin/clients")).Body, Does.Not.Contain($"name=\"ids\" value=\"{Given.AdminTool}\""), "only an owner changes it");

        var asked = await PostAsync(clara, list, "/admin/clients/bulk", "disable", [.. names, Given.AdminTool]);
        Assert.That(asked.Title, Is.EqualTo("Disable 3 clients?"));
        Assert.That(asked.Body, Does.Match("on them live \\d+ live sessions?, 1 user, 1 refresh token, \\d+ remembered consent"));
        var done = await ActAsync(clara, asked);
        Assert.That(done.Title, Is.EqualTo("2 of 3 disabled"));
        Assert.That(done.Body, Does.Contain("only an owner changes it"));
        await ActAsync(clara, await PostAsync(clara, list, "/admin/clients/bulk", "enable", names));
        Assert.That(await StatesAsync(), Is.EqualTo(new[] { ("bulk-a", false), ("bulk-b", false) }));

        asked = await PostAsync(clara, list, "/admin/clients/bulk", "delete", names);
        Assert.That(asked.Title, Is.EqualTo("Remove 2 clients?"));
        Assert.That(((int)(await ActAsync(clara, asked)).Status, (await StatesAsync()).Count), Is.EqualTo((400, 2)), "their number is typed first");
        Assert.That((await ActAsync(clara, asked, ("confirm", "2"))).Title, Is.EqualTo("2 of 2 removed"));
        Assert.That(await StatesAsync(), Is.Empty);
    }

    [Test]
    public async Task Who_may_only_look_has_no_boxes_and_a_form_from_elsewhere_does_nothing()
    {
        using var audrey = await AdminAsync(Given.Auditor);
        Assert.That((await audrey.GetAsync("/admin/users")).Body, Does.Not.Contain("name=\"ids\"").And.Not.Contain("Disable…"));
        foreach (var page in new[] { "users", "clients" })
        {
            Assert.That((int)(await audrey.PostAsync($"/admin/{page}/bulk?handler=Act", [new("what", "disable"), new("ids", Given.Web)])).Status, Is.EqualTo(403), page);
        }

        using var owner = await AdminAsync(Given.Alice);
        Assert.That((int)(await owner.PostAsync("/admin/clients/bulk?handler=Act", [new("what", "disable"), new("ids", Given.Other)])).Status, Is.EqualTo(400), "without the token of a form of ours");
        var nothing = await owner.PostAsync("/admin/clients/bulk", [new("what", "disable")]);
        Assert.That(((int)nothing.Status, nothing.Body.Contains("Tick at least one client", StringComparison.Ordinal)), Is.EqualTo((400, true)));
        Assert.That((int)(await owner.PostAsync("/admin/clients/bulk", [new("what", "explode"), new("ids", Given.Other)])).Status, Is.EqualTo(404));
        Assert.That((await owner.GetAsync("/admin/users/bulk")).Title, Is.EqualTo("Nothing is ticked"));
        await Host.InScopeAsync(async services => Assert.That((await services.GetRequiredService<ClientRegistry>().FindAsync(Given.Other))!.Disabled, Is.False));
    }

    [Test]
    public async Task What_became_of_each_can_be_reloaded_by_whoever_did_it_and_nothing_happens_again()
    {
        var id = await IdAsync(await UserAsync());
        using var ursula = await AdminAsync(Given.UserAdmin);
        var done = await ActAsync(ursula, await PostAsync(ursula, await ursula.GetAsync("/admin/users"), "/admin/users/bulk", "disable", [id, await IdAsync(Given.Alice)]));
        Assert.That(done.Title, Is.EqualTo("1 of 2 disabled"));
        Assert.That(done.Uri.Query, Does.StartWith("?report="), "the answer to the form leads to a page that can be reloaded");
        using var owner = await AdminAsync(Given.Alice);
        await ActAsync(owner, await PostAsync(owner, await owner.GetAsync("/admin/users"), "/admin/users/bulk", "enable", [id]));

        var again = await ursula.GetAsync(done.Uri.PathAndQuery);
        Assert.That((again.Title, again.Body.Contains("Only an owner may change an account that administers", StringComparison.Ordinal)), Is.EqualTo(("1 of 2 disabled", true)));
        await Host.InScopeAsync(async services => Assert.That((await services.GetRequiredService<AppDbContext>().Users.AsNoTracking().SingleAsync(user => user.Id == Guid.Parse(id))).DisabledAt, Is.Null));
        Assert.That((await owner.GetAsync(done.Uri.PathAndQuery)).Title, Is.EqualTo("This result is no longer kept"), "another one's");
        Host.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.That((await ursula.GetAsync(done.Uri.PathAndQuery)).Title, Is.EqualTo("This result is no longer kept"));
    }

    private async Task<UserAgent> AdminAsync(string who)
    {
        var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"), who);
        return browser;
    }

    // As a browser sends a list: the form's own fields, the ticked boxes, the button.
    private static Task<Page> PostAsync(UserAgent agent, Page list, string path, string what, IEnumerable<string> ids) =>
        agent.PostAsync(path, [.. Tokens(list), new("what", what), .. ids.Select(id => new KeyValuePair<string, string>("ids", id))]);

    private static Task<Page> ActAsync(UserAgent agent, Page asked, params (string, string)[] fields) => agent.SubmitAsync(asked, null, fields);

    private async Task<string> IdAsync(string email)
    {
        var id = "";
        await Host.InScopeAsync(async services => id = (await services.GetRequiredService<UserDirectory>().FindByNameAsync(email))!.Id.ToString());
        return id;
    }

    private async Task<string[]> MakeClientsAsync(params string[] names)
    {
        await Host.InScopeAsync(async services =>
        {
            foreach (var name in names)
            {
                Assert.That((await services.GetRequiredService<ClientRegistry>().RegisterAsync(
                    new ClientDefinition { ClientId = name, ClientSecret = Given.Secret, GrantTypes = ["authorization_code", "refresh_token"], RedirectUris = [Given.Redirect], Scope = "openid offline_access", Consent = "implicit" }, "test")).Succeeded, Is.True);
            }
        });
        return names;
    }

    private async Task<List<(string, bool)>> StatesAsync()
    {
        List<(string, bool)> states = [];
        await Host.InScopeAsync(async services => states = [.. (await services.GetRequiredService<AppDbContext>().Clients.Where(row => row.ClientId!.StartsWith("bulk-")).OrderBy(row => row.ClientId).ToListAsync()).Select(row => (row.ClientId!, row.DisabledAt is not null))]);
        return states;
    }
}
