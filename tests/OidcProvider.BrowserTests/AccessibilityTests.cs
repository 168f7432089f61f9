using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using OidcProvider.TestKit;

namespace OidcProvider.BrowserTests;

/// <summary>Every page, light and dark, on a desktop and on a small phone: no serious fault by axe, no sideways scrolling.</summary>
[TestFixture(ColorScheme.Light, 1280), TestFixture(ColorScheme.Dark, 1280), TestFixture(ColorScheme.Light, 360), TestFixture(ColorScheme.Dark, 360)]
public class AccessibilityTests(ColorScheme scheme, int width) : BrowserFixture
{
    private static readonly string[] AccountPages = ["", "/email", "/password", "/authenticator", "/recovery-codes", "/passkeys", "/sessions", "/apps", "/activity", "/data"];

    protected override Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync(settings: new Dictionary<string, string> { ["Users:AllowRegistration"] = "true", ["Users:RequireMfaForRoles"] = "admin" });

    [Test]
    public async Task No_page_of_signing_in_and_of_the_account_has_a_serious_fault()
    {
        var page = await PageAsync(scheme, width, 740);
        foreach (var path in new[] { "/register", "/password/forgot", "/password/reset?token=x", "/unlock?token=x", "/register/confirm?token=x", "/account/email/confirm?token=x" })
        {
            await page.GotoAsync(path);
            await CheckAsync(page, path);
        }

        await page.GotoAsync("/register");
        await PressAsync(page, "Create account");
        await CheckAsync(page, "registration with errors");
        await page.GotoAsync("/login");
        await SignInAsync(page);
        await CheckAsync(page, "setting up an app");
        var link = await page.Locator("a[href^='otpauth://']").GetAttributeAsync("href");
        await page.Locator("input[autocomplete='one-time-code']").FillAsync(JourneyTests.CodeOf(Host, link!));
        await PressAsync(page, "Continue");
        await CheckAsync(page, "recovery codes");
        foreach (var path in AccountPages)
        {
            await page.GotoAsync($"/account{path}");
            await CheckAsync(page, $"/account{path}");
        }

        await page.GotoAsync("/logout");
        await PressAsync(page, "Sign out");
        await page.GotoAsync("/login");
        await SignInAsync(page);
        await CheckAsync(page, "second step");
        await page.GotoAsync("/login/recovery");
        await CheckAsync(page, "recovery");
    }

    [Test]
    public async Task No_page_has_a_serious_fault()
    {
        // Bob holds no role that must set up a second factor first.
        using var client = new RelyingParty(Host);
        using var device = new RelyingParty(Host, Given.Device, null, null);
        var page = await PageAsync(scheme, width, 740);
        await page.GotoAsync("/");
        await CheckAsync(page, "start");
        await page.GotoAsync("/login");
        await CheckAsync(page, "sign-in");
        await SignInAsync(page, Given.Bob, "wrong");
        await CheckAsync(page, "sign-in with an error");
        await SignInAsync(page, Given.Bob);
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

    internal static async Task CheckAsync(IPage page, string name)
    {
        await page.WaitForLoadStateAsync();
        var result = await page.RunAxe();
        var serious = result.Violations.Where(violation => violation.Impact is "serious" or "critical").Select(violation => $"{name}: {violation.Id} {violation.Help} {string.Join(' ', violation.Nodes.Select(node => node.Html))}");
        Assert.That(serious, Is.Empty);
        Assert.That(await page.Locator("h1").CountAsync(), Is.EqualTo(1), name);
        Assert.That(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), Is.True, $"{name} scrolls sideways");
    }
}
