using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using OidcProvider.TestKit;
using static Microsoft.Playwright.Assertions;

namespace OidcProvider.BrowserTests;

/// <summary>The pages of API keys and webhooks as each role, without JavaScript; and how they look to axe in light and dark, wide and narrow.</summary>
public class KeyAndWebhookPageTests : BrowserFixture
{
    protected override Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync(bootstrap: Given.Administration(), settings: new Dictionary<string, string>
    {
        ["ApiKeys:AllowForUsers"] = "true", ["Protocol:AllowLoopbackCallouts"] = "true",
    });

    // Refusals are what these tests are about.
    [SetUp]
    public void RefusalsAreExpected() => Provokes(400, 403);

    [Test]
    public async Task The_owner_makes_a_key_and_revokes_it_without_scripts()
    {
        var page = await SignedInAsync(Given.Alice, "/admin/api-keys", javaScript: false);
        await page.GetByRole(AriaRole.Link, new() { Name = "New API key" }).ClickAsync();
        await page.GetByLabel("User the key acts for").FillAsync(Given.Bob);
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("nightly import");
        await page.Locator("input[name=scope][value=api]").CheckAsync();
        await PressAsync(page, "Make the key");
        var key = await page.Locator("[data-api-key]").InnerTextAsync();
        Assert.That(key, Does.Match("^oidck_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$"));
        await page.GetByRole(AriaRole.Link, new() { Name = "All API keys" }).ClickAsync();
        Assert.That(await page.ContentAsync(), Does.Not.Contain(key));
        await page.GetByRole(AriaRole.Link, new() { Name = key[..14] }).ClickAsync();
        await Expect(page.GetByText("refused at once")).ToBeVisibleAsync();
        await PressAsync(page, "Revoke the key");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("revoked");
    }

    [Test]
    public async Task A_key_that_the_users_roles_do_not_allow_is_refused_at_its_field()
    {
        var page = await SignedInAsync(Given.Alice, "/admin/api-keys/new");
        await page.GetByLabel("User the key acts for").FillAsync(Given.Bob);
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("too much");
        await page.Locator("input[name=scope][value='admin.users.write']").CheckAsync();
        await PressAsync(page, "Make the key");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("roles do not allow it");
    }

    [Test]
    public async Task The_owner_registers_tests_and_removes_a_webhook()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var page = await SignedInAsync(Given.Alice, "/admin/webhooks");
        await page.GetByRole(AriaRole.Link, new() { Name = "New webhook" }).ClickAsync();
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync("https://169.254.169.254/");
        await PressAsync(page, "Register the webhook");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("private or link-local");
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync(receiver.Address.AbsoluteUri);
        await PressAsync(page, "Register the webhook");
        var secret = await page.Locator("[data-webhook-secret]").InnerTextAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Go on to the webhook" }).ClickAsync();
        Assert.That(await page.ContentAsync(), Does.Not.Contain(secret));
        await PressAsync(page, "Send a test event");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 200 && receiver.Messages.Count == 0; i++)
        {
            Host.Time.Advance(TimeSpan.FromSeconds(2));
            await timer.WaitForNextTickAsync();
        }

        Assert.That(receiver.Messages[0].IsSignedBy(secret), Is.True);
        await page.GotoAsync(page.Url.Split('?')[0]);
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "webhook.test" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove…" }).ClickAsync();
        await PressAsync(page, "Remove the webhook");
        await Expect(page.GetByText("There are no webhooks.")).ToBeVisibleAsync();
    }

    [Test]
    public async Task The_auditor_looks_and_changes_nothing_and_the_others_do_not_even_look()
    {
        var audrey = await SignedInAsync(Given.Auditor, "/admin/api-keys");
        await Expect(audrey.Locator("h1")).ToHaveTextAsync("API keys");
        Assert.That(await audrey.GetByRole(AriaRole.Link, new() { Name = "New API key" }).CountAsync(), Is.Zero);
        Assert.That((await audrey.GotoAsync("/admin/api-keys/new"))!.Status, Is.EqualTo(403));
        await audrey.GotoAsync("/admin/webhooks");
        Assert.That(await audrey.GetByRole(AriaRole.Link, new() { Name = "New webhook" }).CountAsync(), Is.Zero);
        Assert.That((await audrey.GotoAsync("/admin/webhooks/new"))!.Status, Is.EqualTo(403));
        foreach (var user in new[] { Given.UserAdmin, Given.ClientAdmin })
        {
            var page = await SignedInAsync(user, "/admin");
            Assert.That(await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("API keys|Webhooks") }).CountAsync(), Is.Zero, user);
            Assert.That((await page.GotoAsync("/admin/api-keys"))!.Status, Is.EqualTo(403), user);
            Assert.That((await page.GotoAsync("/admin/webhooks"))!.Status, Is.EqualTo(403), user);
        }
    }

    [TestCase(ColorScheme.Light, 1280), TestCase(ColorScheme.Dark, 360)]
    public async Task No_page_has_a_serious_fault(ColorScheme scheme, int width)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var page = await SignedInAsync(Given.Alice, "/account/api-keys", scheme, width);
        await CheckAsync(page, "account-keys-empty", scheme, width);
        await page.Locator("#name").FillAsync("backup");
        await page.Locator("input[name=scope][value=api]").CheckAsync();
        await PressAsync(page, "Make the key");
        await CheckAsync(page, "account-keys", scheme, width);
        foreach (var (path, name) in new[] { ("/admin/api-keys", "keys"), ("/admin/api-keys?q=nothing-fits", "keys-none"), ("/admin/api-keys/new", "key-new"), ("/admin/webhooks", "hooks"), ("/admin/webhooks/new", "hook-new") })
        {
            await page.GotoAsync(path);
            await CheckAsync(page, name, scheme, width);
        }

        await page.GetByLabel("Address", new() { Exact = true }).FillAsync(receiver.Address.AbsoluteUri);
        await PressAsync(page, "Register the webhook");
        await CheckAsync(page, "hook-made", scheme, width);
        await page.GetByRole(AriaRole.Link, new() { Name = "Go on to the webhook" }).ClickAsync();
        await PressAsync(page, "Send a test event");
        await CheckAsync(page, "hook", scheme, width);
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove…" }).ClickAsync();
        await CheckAsync(page, "hook-remove", scheme, width);
        await PressAsync(page, "Remove the webhook");
        await page.GotoAsync("/admin/api-keys");
        await page.Locator("tbody a").First.ClickAsync();
        await CheckAsync(page, "key", scheme, width);
    }

    private async Task<IPage> SignedInAsync(string user, string path, ColorScheme scheme = ColorScheme.Light, int width = 1280, bool javaScript = true)
    {
        var page = await PageAsync(scheme, width, javaScript: javaScript);
        await page.GotoAsync(path);
        await SignInAsync(page, user);
        return page;
    }

    // Pictures for people to look at, where a folder for them is named.
    private static async Task CheckAsync(IPage page, string name, ColorScheme scheme, int width)
    {
        await page.WaitForLoadStateAsync();
        if (Environment.GetEnvironmentVariable("OIDCPROVIDER_TEST_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{scheme}-{width}.png"), FullPage = true });
        }

        var result = await page.RunAxe();
        Assert.That(result.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(violation => $"{name}: {violation.Id} {violation.Help} {string.Join(' ', violation.Nodes.Select(node => node.Html))}"), Is.Empty);
        Assert.That(await page.Locator("h1").CountAsync(), Is.EqualTo(1), name);
        Assert.That(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), Is.True, $"{name} scrolls sideways");
    }
}
