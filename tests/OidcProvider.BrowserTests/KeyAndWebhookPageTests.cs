using Microsoft.Playwright;
using OidcProvider.TestKit;
using static Microsoft.Playwright.Assertions;

namespace OidcProvider.BrowserTests;

/// <summary>What one does on the pages of API keys and webhooks, with and without JavaScript.</summary>
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
        await TickAsync(page, "api");
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
        await TickAsync(page, "admin.users.write");
        await PressAsync(page, "Make the key");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("roles do not allow it");
        await Look.CheckAsync(page, "API key with an error");
        await TickAsync(page, "admin.users.write");
        await TickAsync(page, "api");
        await PressAsync(page, "Make the key");
        await Expect(page.Locator("[data-api-key]")).ToBeVisibleAsync();
        await Look.CheckAsync(page, "API key made");
    }

    [Test]
    public async Task A_user_makes_a_key_of_their_own()
    {
        var page = await SignedInAsync(Given.Bob, "/account/api-keys");
        await page.Locator("#name").FillAsync("backup");
        await TickAsync(page, "api");
        await PressAsync(page, "Make the key");
        await Expect(page.GetByRole(AriaRole.Status)).ToBeVisibleAsync();
        await Look.CheckAsync(page, "own API key made");
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
        await Look.CheckAsync(page, "webhook with an error");
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync(receiver.Address.AbsoluteUri);
        await PressAsync(page, "Register the webhook");
        var secret = await page.Locator("[data-webhook-secret]").InnerTextAsync();
        await Look.CheckAsync(page, "webhook made");
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

    // As one who uses the keyboard does: that waits for nothing to stand still, which on a loaded machine took longer than anybody's patience.
    private static async Task TickAsync(IPage page, string scope)
    {
        var box = page.Locator($"input[name=scope][value='{scope}']");
        var before = await box.IsCheckedAsync();
        await box.PressAsync("Space");
        await Expect(box).ToBeCheckedAsync(new() { Checked = !before });
    }
}
