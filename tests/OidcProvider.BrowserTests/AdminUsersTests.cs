using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.BrowserTests;

/// <summary>What one does with users, roles, sessions and grants; what one may not, one cannot post.</summary>
public class AdminUsersTests : BrowserFixture
{
    private readonly Dictionary<string, Guid> _ids = [];

    protected override Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync(bootstrap: Given.Administration());

    [OneTimeSetUp]
    public Task FindAsync() => Host.InScopeAsync(async services =>
    {
        var users = services.GetRequiredService<UserDirectory>();
        foreach (var email in new[] { Given.Alice, Given.Bob, Given.UserAdmin, Given.ClientAdmin, Given.Auditor })
        {
            _ids[email] = (await users.FindByNameAsync(email))!.Id;
        }
    });

    // Refusals are what these tests are about.
    [SetUp]
    public void RefusalsAreExpected() => Provokes(400, 403);

    [Test]
    public async Task Many_are_changed_at_once_after_a_question([Values] bool javaScript)
    {
        var name = javaScript ? "crowd-a" : "crowd-b";
        await Host.InScopeAsync(async services =>
        {
            for (var number = 1; number <= 3; number++)
            {
                Assert.That((await services.GetRequiredService<UserDirectory>().AddAsync(new UserDefinition { Email = $"{name}{number}@example.test", Password = Given.Password }, "test")).Succeeded, Is.True);
            }
        });
        var page = await AsAsync(Given.UserAdmin, javaScript);
        await page.GotoAsync($"/admin/users?q={name}");
        await PressAsync(page, "Disable…");
        Assert.That(await page.Locator("[role=alert]").InnerTextAsync(), Does.Contain("Tick at least one user"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the list" }).ClickAsync();

        await page.GotoAsync($"/admin/users?q={name}");
        if (javaScript)
        {
            await page.GetByLabel("Tick all on this page").PressAsync(" ");
            await page.GetByLabel($"Tick {name}3@example.test").PressAsync(" ");
            Assert.That(await page.GetByLabel("Tick all on this page").IsCheckedAsync(), Is.False, "not all any more");
        }
        else
        {
            await page.GetByLabel($"Tick {name}1@example.test").PressAsync(" ");
            await page.GetByLabel($"Tick {name}2@example.test").PressAsync(" ");
        }

        await PressAsync(page, "Disable…");
        Assert.That(await HeadingAsync(page), Is.EqualTo("Disable 2 users?"));
        Assert.That(await page.Locator("[data-impact]").InnerTextAsync(), Does.Contain("0 live sessions, 0 refresh tokens and 0 apps"));
        if (javaScript)
        {
            await Look.CheckAsync(page, "the question before a change to many");
        }

        await PressAsync(page, "Disable 2 users");
        Assert.That(await HeadingAsync(page), Is.EqualTo("2 of 2 disabled"));
        if (javaScript)
        {
            await Look.CheckAsync(page, "what became of many");
        }

        await page.GotoAsync($"/admin/users?q={name}");
        Assert.That(await page.Locator("tbody .badge-off").CountAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task The_owner_makes_finds_changes_and_deletes_a_user([Values] bool javaScript)
    {
        var email = $"nina{(javaScript ? 1 : 2)}@example.test";
        var page = await AsAsync(Given.Alice, javaScript);
        await page.GotoAsync("/admin/users");
        await page.GetByRole(AriaRole.Link, new() { Name = "New user" }).ClickAsync();
        await PressAsync(page, "Make user");
        Assert.That(await page.Locator("[role=alert]").InnerTextAsync(), Does.Contain("must be an e-mail address"));
        await page.GetByLabel("E-mail address", new() { Exact = true }).FillAsync(email);
        await page.GetByLabel("Family name").FillAsync("Nightingale");
        await PressAsync(page, "Make user");
        Assert.That(await page.Locator("[role=status]").First.InnerTextAsync(), Does.Contain("mail with a link"));

        await page.GotoAsync("/admin/users?q=nightin");
        await page.GetByRole(AriaRole.Link, new() { Name = email }).ClickAsync();
        await page.GetByLabel("Given name").FillAsync("Nina");
        await PressAsync(page, "Save");
        Assert.That(await page.Locator("[role=status]").First.InnerTextAsync(), Is.EqualTo("Saved."));
        await page.GetByRole(AriaRole.Link, new() { Name = "Roles", Exact = true }).Last.ClickAsync();
        await page.GetByLabel("auditor administers").CheckAsync();
        await page.GetByLabel("Further roles").FillAsync("editor writer");
        await PressAsync(page, "Save roles");
        Assert.That(await page.GetByLabel("editor", new() { Exact = true }).IsCheckedAsync(), Is.True);
        foreach (var (link, button, done) in new[] { ("Disable", "Disable", "disabled"), ("Delete", "Delete", "deleted") })
        {
            await page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).ClickAsync();
            Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("0 live sessions and 0 apps lose access"));
            await PressAsync(page, button);
            Assert.That(await page.Locator("[role=status]").First.InnerTextAsync(), Does.Contain(done));
        }

        await page.GotoAsync("/admin/users?q=nightin");
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("Nobody matches."));
    }

    [Test]
    public async Task What_ending_a_session_breaks_is_said_before_it_happens()
    {
        // Somebody whom no other test signs in.
        const string carla = "carla@example.test";
        await Host.InScopeAsync(async services => _ids[carla] = (await services.GetRequiredService<UserDirectory>().AddAsync(
            new UserDefinition { Email = carla, Password = Given.Password, EmailVerified = true }, "test")).Value.Id);
        using var agent = new UserAgent(Host.Issuer);
        using var client = new RelyingParty(Host, Given.Trusted);
        await client.SignInAsync(agent, carla);
        var page = await AsAsync(Given.UserAdmin);
        await page.GotoAsync($"/admin/users/{_ids[carla]}/confirm/sign-out");
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Match("1 live sessions? and 1 apps? lose access"));
        await page.GotoAsync($"/admin/users/{_ids[carla]}/apps");
        await page.GetByRole(AriaRole.Link, new() { Name = "Withdraw App trusted" }).ClickAsync();
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("App trusted loses 1 grant with all tokens"));
        await PressAsync(page, "Withdraw access");
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("No app uses this account."));
        await page.GotoAsync($"/admin/sessions?user={carla}");
        await page.GetByRole(AriaRole.Link, new() { Name = "End the session" }).First.ClickAsync();
        await PressAsync(page, "End session");
        Assert.That(await page.Locator("[role=status]").First.InnerTextAsync(), Is.EqualTo("The session has ended."));
        Assert.That((await agent.GetAsync("/account")).Body, Does.Contain("current-password"));
    }

    [Test]
    public async Task A_user_admin_sees_but_cannot_touch_accounts_that_administer()
    {
        var page = await AsAsync(Given.UserAdmin);
        foreach (var target in new[] { Given.Alice, Given.UserAdmin, Given.Auditor })
        {
            await page.GotoAsync($"/admin/users/{_ids[target]}");
            Assert.That(await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).CountAsync(), Is.Zero);
            Assert.That(await page.GetByRole(AriaRole.Link, new() { Name = "Delete", Exact = true }).CountAsync(), Is.Zero);
            Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("Only an owner may change it."));
            foreach (var what in new[] { "disable", "delete", "factors", "sign-out", "password" })
            {
                Assert.That((await page.GotoAsync($"/admin/users/{_ids[target]}/confirm/{what}"))!.Status, Is.EqualTo(403), what);
            }
        }

        await page.GotoAsync($"/admin/users/{_ids[Given.Bob]}/roles");
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Not.Contain("administers this server"));
        await page.GetByLabel("Further roles").FillAsync("admin");
        await PressAsync(page, "Save roles");
        Assert.That(await page.Locator("[role=alert]").InnerTextAsync(), Does.Contain("Only an owner gives or takes the role admin."));
    }

    [Test]
    public async Task What_other_roles_post_is_refused()
    {
        var bob = $"/admin/users/{_ids[Given.Bob]}";
        foreach (var user in new[] { Given.Auditor, Given.ClientAdmin })
        {
            var page = await AsAsync(user);
            foreach (var path in new[] { $"{bob}?handler=Verify", $"{bob}?handler=Unlock", $"{bob}/roles?handler=Roles", $"{bob}/confirm/delete", "/admin/users/new", "/admin/roles/edit?name=x&handler=Remove", $"/admin/sessions/{Guid.NewGuid()}/end", $"/admin/grants/{Guid.NewGuid()}/withdraw" })
            {
                Assert.That(await PostAsync(page, path), Is.EqualTo(403), $"{user} {path}");
            }
        }
    }

    private Task<IPage> AsAsync(string user, bool javaScript = true) => SignedInAsync(user, "/admin", javaScript: javaScript);

    // With a token of the browser's own, so that only the permission can refuse it.
    private static async Task<int> PostAsync(IPage page, string path)
    {
        await page.GotoAsync("/account/password");
        var token = await page.Locator("input[name='__RequestVerificationToken']").First.InputValueAsync();
        var form = page.APIRequest.CreateFormData();
        form.Set("__RequestVerificationToken", token);
        form.Set("email", "changed@example.test");
        return (await page.APIRequest.PostAsync(path, new() { Form = form, MaxRedirects = 0 })).Status;
    }
}
