using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using OidcProvider.TestKit;

namespace OidcProvider.BrowserTests;

/// <summary>The pages of running the server, in light and dark, on a desktop and on a small phone, as the auditor and as the owner.</summary>
[TestFixture(ColorScheme.Light, 1280), TestFixture(ColorScheme.Dark, 1280), TestFixture(ColorScheme.Light, 360), TestFixture(ColorScheme.Dark, 360)]
public class OperationsPagesTests(ColorScheme scheme, int width) : BrowserFixture
{
    private static readonly string[] Pages = ["", "/requests", "/audit", "/keys", "/jobs", "/settings", "/doctor"];

    protected override Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync(bootstrap: Given.Administration());

    // Refusals are what these tests are about.
    [SetUp]
    public void RefusalsAreExpected() => Provokes(400, 403);

    [Test]
    public async Task Every_page_is_readable_for_everyone_who_may_see_it()
    {
        Provokes(400);
        using var worker = new RelyingParty(Host, Given.Worker, null);
        await worker.TokenAsync(("grant_type", "client_credentials"));
        var page = await PageAsync(scheme, width, 740);
        await page.GotoAsync($"/connect/authorize?client_id={Given.Web}&redirect_uri=https%3A%2F%2Fevil.test&response_type=code&scope=openid");
        var reference = await page.Locator("[data-reference]").InnerTextAsync();
        await page.GotoAsync("/login");
        await SignInAsync(page, Given.Auditor);
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        foreach (var path in Pages)
        {
            await page.GotoAsync($"/admin{path}");
            await CheckAsync(page, path);
        }

        // From the reference of the error page to its cause.
        await page.GotoAsync("/admin/requests");
        await page.GetByLabel("Reference").FillAsync(reference);
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-cause]")).ToContainTextAsync("none of the 1 registered");
        await CheckAsync(page, "explanation");
    }

    [Test]
    public async Task The_owner_is_told_what_breaks_before_a_key_is_revoked()
    {
        var page = await PageAsync(scheme, width, 740);
        await page.GotoAsync("/login");
        await SignInAsync(page);
        await page.GotoAsync("/admin/keys");
        await CheckAsync(page, "keys as the owner");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Revoke") }).First.ClickAsync();
        await CheckAsync(page, "revoke");
        await Assertions.Expect(page.GetByText("What breaks")).ToBeVisibleAsync();
        await PressAsync(page, "Revoke the key");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The key was revoked");
        await page.GotoAsync("/admin/jobs");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("PruneHistoryJob") }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("PruneHistoryJob was started");
        await CheckAsync(page, "jobs as the owner");
    }

    private async Task CheckAsync(IPage page, string name)
    {
        await page.WaitForLoadStateAsync();
        if (Environment.GetEnvironmentVariable("OIDCPROVIDER_TEST_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{scheme}-{width}-{name.Trim('/').Replace(' ', '-')}.png"), FullPage = true });
        }

        var result = await page.RunAxe();
        Assert.That(result.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(violation => $"{name}: {violation.Id} {violation.Help} {string.Join(' ', violation.Nodes.Select(node => node.Html))}"), Is.Empty);
        Assert.That(await page.Locator("h1").CountAsync(), Is.EqualTo(1), name);
        Assert.That(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), Is.True, $"{name} scrolls sideways");
    }
}
