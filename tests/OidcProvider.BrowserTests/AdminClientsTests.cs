using Microsoft.Playwright;
using OidcProvider.TestKit;

namespace OidcProvider.BrowserTests;

/// <summary>What one does with clients and scopes in the administration; what one may not, one cannot post.</summary>
public class AdminClientsTests : BrowserFixture
{
    protected override Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync(bootstrap: Given.Administration());

    private Task<IPage> AsAsync(string user, bool javaScript = true) => SignedInAsync(user, javaScript: javaScript);

    // Refusals are what these tests are about.
    [SetUp]
    public void RefusalsAreExpected() => Provokes(400, 403);

    [Test]
    public async Task The_owner_registers_a_web_app_and_sees_its_secret_once_without_JavaScript()
    {
        var page = await AsAsync(Given.Alice, javaScript: false);
        await page.GotoAsync("/admin/clients");
        await page.GetByRole(AriaRole.Link, new() { Name = "Register a client" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Web app" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Bookshop");
        await page.GetByLabel("Client ID").FillAsync("bookshop");
        await PressAsync(page, "Register");
        Assert.That(await page.Locator("[role=alert]").InnerTextAsync(), Does.Contain("Redirect URIs: the grant authorization_code needs at least one"));
        Assert.That(await page.GetByLabel("Client ID").InputValueAsync(), Is.EqualTo("bookshop"), "what was typed stays");

        await page.GetByLabel("Redirect URIs", new() { Exact = true }).FillAsync("https://books.test/cb");
        await PressAsync(page, "Register");
        Assert.That(await page.Locator("[data-client-secret]").InnerTextAsync(), Has.Length.EqualTo(43));
        await page.GetByRole(AriaRole.Link, new() { Name = "Go to the client" }).ClickAsync();
        Assert.That(await HeadingAsync(page), Is.EqualTo("Bookshop"));
        Assert.That(await page.Locator("[data-client-secret]").CountAsync(), Is.Zero);

        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Bookshop 2");
        await PressAsync(page, "Save");
        Assert.That(await page.Locator("[role=status]").First.InnerTextAsync(), Is.EqualTo("Saved."));
        Assert.That(await HeadingAsync(page), Is.EqualTo("Bookshop 2"));
    }

    [Test]
    public async Task A_second_secret_is_added_and_the_first_removed_after_a_question()
    {
        var page = await AsAsync(Given.ClientAdmin);
        await page.GotoAsync($"/admin/clients/secrets?client_id={Given.Other}");
        await page.GetByLabel("What it is for (optional)").FillAsync("green");
        await PressAsync(page, "Add a secret");
        var secret = await page.Locator("[data-client-secret]").InnerTextAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove First secret" }).ClickAsync();
        await PressAsync(page, "Remove for good");
        Assert.That(await page.Locator("tbody tr").CountAsync(), Is.EqualTo(1));
        using var client = new RelyingParty(Host, Given.Other, "https://rp2.test/cb", secret);
        Assert.That((await client.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", "none"))).Error, Is.EqualTo("invalid_grant"), "the client is known by its new secret");
    }

    [Test]
    public async Task A_grade_is_explained_and_raised_by_one_click()
    {
        var page = await AsAsync(Given.Alice);
        await page.GotoAsync($"/admin/clients/settings?client_id={Given.Posting}");
        await page.GetByLabel("Access tokens live").FillAsync("08:00:00");
        await PressAsync(page, "Save");
        await page.GetByRole(AriaRole.Link, new() { Name = "Grade", Exact = true }).ClickAsync();
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("access_token_long"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Access tokens live" }).First.ClickAsync();
        await page.Locator("[role=status]", new() { HasTextString = "Fixed." }).WaitForAsync();
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Not.Contain("access_token_long"));
    }

    [Test]
    public async Task Removing_says_what_breaks_and_asks_for_the_id()
    {
        using var client = new RelyingParty(Host, Given.Legacy);
        await client.SignInAsync(user: Given.Bob);
        var page = await AsAsync(Given.Alice);
        await page.GotoAsync($"/admin/clients/danger?client_id={Given.Legacy}");
        Assert.That(await page.Locator("[data-impact]").InnerTextAsync(), Does.StartWith("1 live session, 1 user, 1 refresh token, 1 remembered consent"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove the client" }).ClickAsync();
        await PressAsync(page, "Remove for good");
        Assert.That(await page.Locator("[role=alert]").InnerTextAsync(), Does.Contain("Type the client ID"));
        await page.Locator("#confirm").FillAsync(Given.Legacy);
        await PressAsync(page, "Remove for good");
        Assert.That(await page.Locator("[role=status]").First.InnerTextAsync(), Is.EqualTo("The client is removed."));
        Provokes(404);
        Assert.That((await page.GotoAsync($"/admin/clients/settings?client_id={Given.Legacy}"))!.Status, Is.EqualTo(404));
    }

    [Test]
    public async Task A_client_admin_sees_a_client_that_administers_and_cannot_change_it()
    {
        var page = await AsAsync(Given.ClientAdmin);
        await page.GotoAsync($"/admin/clients/settings?client_id={Given.AdminTool}");
        Assert.That(await page.Locator("main").InnerTextAsync(), Does.Contain("Read only: this client may administer the server"));
        Assert.That(await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).CountAsync(), Is.Zero);
        await page.GotoAsync("/admin/clients/new?kind=service");
        await page.GetByLabel("Scopes").FillAsync("admin.users.write");
        await PressAsync(page, "Register");
        Assert.That(await page.Locator("[role=alert]").InnerTextAsync(), Does.Contain("only an owner gives a client scopes that administer the server"));
    }

    [Test]
    public async Task What_an_auditor_posts_is_refused()
    {
        var auditor = await AsAsync(Given.Auditor);
        foreach (var post in new[] { "clients/settings", "clients/redirects", "clients/secrets?handler=Add", "clients/secrets?handler=Rotate", "clients/grade", "clients/danger?handler=Disable", "clients/danger?handler=Remove", "scopes/edit?name=api" })
        {
            var answer = await auditor.APIRequest.PostAsync($"/admin/{post}{(post.Contains('?', StringComparison.Ordinal) ? '&' : '?')}client_id={Given.Web}");
            Assert.That(answer.Status, Is.EqualTo(403), post);
        }
    }

    [Test]
    public async Task A_scope_is_added_changed_and_removed_after_saying_who_names_it()
    {
        var page = await AsAsync(Given.ClientAdmin);
        await page.GotoAsync("/admin/scopes");
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a scope" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("two words");
        await PressAsync(page, "Save");
        Assert.That(await page.Locator("[role=alert]").InnerTextAsync(), Does.Contain("printable ASCII"));
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("orders.read");
        await page.GetByLabel("Resources").FillAsync("https://orders.example");
        await PressAsync(page, "Save");
        await page.GetByRole(AriaRole.Link, new() { Name = "orders.read" }).ClickAsync();
        Assert.That(await page.Locator("[data-impact]").InnerTextAsync(), Does.StartWith("0 clients are registered for it"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove the scope" }).ClickAsync();
        await PressAsync(page, "Remove for good");
        Assert.That(await page.Locator("[role=status]").First.InnerTextAsync(), Is.EqualTo("The scope is removed."));
    }

    [Test]
    public async Task The_list_is_searched_narrowed_and_sorted_by_links()
    {
        var page = await AsAsync(Given.Auditor, javaScript: false);
        await page.GotoAsync("/admin/clients");
        await page.GetByLabel("Search by name or client ID").FillAsync("APP SPA");
        await PressAsync(page, "Search");
        Assert.That(await page.Locator("tbody tr").CountAsync(), Is.EqualTo(1));
        await page.GotoAsync("/admin/clients");
        await page.GetByRole(AriaRole.Link, new() { Name = "Services" }).ClickAsync();
        Assert.That(await page.Locator("tbody tr").CountAsync(), Is.EqualTo(2));
        await page.GetByRole(AriaRole.Link, new() { Name = "Client ID" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Client ID" }).ClickAsync();
        Assert.That(await page.Locator("th[aria-sort=descending]").InnerTextAsync(), Is.EqualTo("Client ID"));
        Assert.That(await page.Locator("tbody tr").First.InnerTextAsync(), Does.Contain(Given.Worker));
        await page.GotoAsync("/admin/clients?q=nothing-like-that");
        Assert.That(await page.Locator(".empty").InnerTextAsync(), Does.Contain("No client is like that."));
    }
}
