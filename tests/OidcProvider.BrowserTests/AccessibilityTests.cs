using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using OidcProvider.TestKit;

namespace OidcProvider.BrowserTests;

/// <summary>Every page, light and dark, on a desktop and on a small phone: no serious fault by axe, no sideways scrolling.</summary>
[TestFixture(ColorScheme.Light, 1280), TestFixture(ColorScheme.Dark, 1280), TestFixture(ColorScheme.Light, 360), TestFixture(ColorScheme.Dark, 360)]
public class AccessibilityTests(ColorScheme scheme, int width) : BrowserFixture
{
    [Test]
    public async Task No_page_has_a_serious_fault()
    {
        using var client = new RelyingParty(Host);
        using var device = new RelyingParty(Host, Given.Device, null, null);
        var page = await PageAsync(scheme, width, 740);
        await page.GotoAsync("/");
        await CheckAsync(page, "start");
        await page.GotoAsync("/login");
        await CheckAsync(page, "sign-in");
        await SignInAsync(page, password: "wrong");
        await CheckAsync(page, "sign-in with an error");
        await SignInAsync(page);
        await CheckAsync(page, "start, signed in");
        await page.GotoAsync(client.AuthorizationUrl(("prompt", "consent")));
        await CheckAsync(page, "consent");
        await page.GotoAsync(client.AuthorizationUrl(("prompt", "select_account")));
        await CheckAsync(page, "account chooser");
        await page.GotoAsync("/device");
        await CheckAsync(page, "device");
        await page.GotoAsync((await device.DeviceAsync())["verification_uri_complete"]!);
        await CheckAsync(page, "device with its code");
        await PressAsync(page, "Deny");
        await CheckAsync(page, "device denied");
        await page.GotoAsync("/connect/authorize?client_id=nobody");
        await CheckAsync(page, "error");
        await page.GotoAsync("/nothing-here");
        await CheckAsync(page, "not found");
        await page.GotoAsync("/logout");
        await CheckAsync(page, "sign-out");
        await PressAsync(page, "Sign out");
        await CheckAsync(page, "signed out");
    }

    private static async Task CheckAsync(IPage page, string name)
    {
        await page.WaitForLoadStateAsync();
        var result = await page.RunAxe();
        var serious = result.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(violation => $"{name}: {violation.Id} {violation.Help} {string.Join(' ', violation.Nodes.Select(node => node.Html))}");
        Assert.That(serious, Is.Empty);
        Assert.That(await page.Locator("h1").CountAsync(), Is.EqualTo(1), name);
        Assert.That(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), Is.True, $"{name} scrolls sideways");
    }
}
