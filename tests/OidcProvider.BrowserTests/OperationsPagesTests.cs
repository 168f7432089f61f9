using Microsoft.Playwright;
using OidcProvider.TestKit;

namespace OidcProvider.BrowserTests;

/// <summary>What one does on the pages of running the server.</summary>
public class OperationsPagesTests : BrowserFixture
{
    protected override Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync(bootstrap: Given.Administration());

    [Test]
    public async Task An_auditor_comes_from_the_reference_of_an_error_page_to_its_cause()
    {
        Provokes(400);
        var page = await SignedInAsync(Given.Auditor);
        await page.GotoAsync($"/connect/authorize?client_id={Given.Web}&redirect_uri=https%3A%2F%2Fevil.test&response_type=code&scope=openid");
        var reference = await page.Locator("[data-reference]").InnerTextAsync();
        await page.GotoAsync("/admin/requests");
        await page.GetByLabel("Reference").FillAsync(reference);
        await PressAsync(page, "Search");
        await Assertions.Expect(page.Locator("[data-cause]")).ToContainTextAsync("none of the 1 registered");
    }

    [Test]
    public async Task The_owner_is_told_what_breaks_before_a_key_is_revoked()
    {
        var page = await SignedInAsync(Given.Alice, "/admin/keys");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Revoke") }).First.ClickAsync();
        await Assertions.Expect(page.GetByText("What breaks")).ToBeVisibleAsync();
        await PressAsync(page, "Revoke the key");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The key was revoked");
        await Look.CheckAsync(page, "keys with a revoked one");
    }

    [Test]
    public async Task The_owner_starts_a_job()
    {
        var page = await SignedInAsync(Given.Alice, "/admin/jobs");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("PruneHistoryJob") }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("PruneHistoryJob was started");
        await Look.CheckAsync(page, "jobs after starting one");
    }
}
