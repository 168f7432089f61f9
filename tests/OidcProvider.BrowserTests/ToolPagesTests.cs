using Microsoft.Playwright;
using OidcProvider.TestKit;
using static Microsoft.Playwright.Assertions;

namespace OidcProvider.BrowserTests;

/// <summary>Configuration, API reference and playground in the browser.</summary>
public class ToolPagesTests : BrowserFixture
{
    protected override Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync(bootstrap: Given.Administration());

    // Refusals are what these tests are about.
    [SetUp]
    public void RefusalsAreExpected() => Provokes(400, 403, 422);

    [Test]
    public async Task The_owner_brings_a_file_sees_what_it_changes_and_applies_it()
    {
        var page = await SignedInAsync(Given.Alice, "/admin/configuration");
        await BringAsync(page, "clients:\n  - client_id: faulty\n    redirect_uris: [\"nowhere\"]\n");
        await Expect(page.Locator("[role=alert]").First).ToContainTextAsync("clients[0].redirect_uris[0]");
        await Look.CheckAsync(page, "configuration with a fault");
        await BringAsync(page, "clients:\n  - client_id: brought\n    token_endpoint_auth_method: none\n    redirect_uris: [\"https://a-rather-long-host-name-of-an-application.example.com/signin-oidc\"]\n");
        await Expect(page.Locator("h1")).ToContainTextAsync("wanted.yaml");
        await Expect(page.Locator("main")).ToContainTextAsync("brought");
        await Look.CheckAsync(page, "what a file changes");
        await PressAsync(page, "Apply 1 change");
        await Expect(page.Locator("[role=status]").First).ToHaveTextAsync("1 change applied.");
        Assert.That((await page.GotoAsync("/admin/clients/settings?client_id=brought"))!.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task The_reference_shows_the_operations_without_asking_anybody_else()
    {
        List<string> elsewhere = [];
        var page = await SignedInAsync(Given.Alice, "/admin");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(Host.IssuerValue, StringComparison.Ordinal) && request.Url.StartsWith("http", StringComparison.Ordinal))
            {
                elsewhere.Add(request.Url);
            }
        };
        await page.GotoAsync("/admin/api");
        await Expect(page.Locator("h1").First).ToContainTextAsync("OidcProvider admin API");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        Assert.That(elsewhere, Is.Empty);
    }

    [Test]
    public async Task The_playground_walks_the_code_flow_without_javascript_from_begin_to_logout()
    {
        // As a developer who has not signed in.
        var page = await PageAsync(javaScript: false);
        await page.GotoAsync("/playground");
        await page.GetByLabel("Push the authorization request first (PAR)").CheckAsync();
        await PressAsync(page, "Begin");
        await page.GetByRole(AriaRole.Link, new() { Name = "Go there" }).ClickAsync();
        await SignInAsync(page, Given.Bob);
        await PressAsync(page, "Allow");
        await Expect(page.Locator("h1")).ToHaveTextAsync("The answer of the authorization endpoint");
        await PressAsync(page, "Redeem the code");
        await Expect(page.Locator(".check-bad")).ToHaveCountAsync(0);
        await Expect(page.Locator(".check-ok")).Not.ToHaveCountAsync(0);
        await PressAsync(page, "User info");
        await Expect(page.Locator("main")).ToContainTextAsync(Given.Bob);
        await PressAsync(page, "Refresh");
        await Expect(page.Locator("main")).ToContainTextAsync("Refresh (RFC 6749 §6)");
        await PressAsync(page, "Log out");
        await PressAsync(page, "Sign out");
        await page.WaitForURLAsync("**/playground*");
    }

    [Test]
    public async Task No_page_of_the_playground_has_a_serious_fault()
    {
        var page = await SignedInAsync(Given.Alice, "/playground");
        await PressAsync(page, "Begin");
        await Look.CheckAsync(page, "playground, request");
        await page.GetByRole(AriaRole.Link, new() { Name = "Go there" }).ClickAsync();
        await PressAsync(page, "Allow");
        await Look.CheckAsync(page, "playground, answer");
        await PressAsync(page, "Redeem the code");
        await Look.CheckAsync(page, "playground, tokens");
        await page.GotoAsync("/playground/callback?code=slipped-in&state=another&iss=https://evil.example");
        Assert.That(await page.GetByRole(AriaRole.Button, new() { Name = "Redeem the code" }).CountAsync(), Is.Zero);
    }

    private static async Task BringAsync(IPage page, string yaml)
    {
        await page.GetByLabel("File (.json, .yaml)").SetInputFilesAsync(new FilePayload { Name = "wanted.yaml", MimeType = "application/yaml", Buffer = System.Text.Encoding.UTF8.GetBytes(yaml) });
        await PressAsync(page, "Show the changes");
    }
}
