using Microsoft.Playwright;
using OidcProvider.Languages;
using OidcProvider.TestKit;

namespace OidcProvider.BrowserTests;

/// <summary>The pages in each language on a small phone, where long words do the most harm; and the language menu without a script.</summary>
public class LanguageTests : BrowserFixture
{
    private static readonly string[] AccountPages = ["", "/email", "/password", "/authenticator", "/recovery-codes", "/passkeys", "/sessions", "/apps", "/activity", "/data"];

    private static IEnumerable<string> Tags => Language.All.Select(language => language.Tag);

    protected override Task<ProviderHost> StartHostAsync() => ProviderHost.StartAsync(settings: new Dictionary<string, string> { ["Users:AllowRegistration"] = "true" });

    // Error pages are pages too.
    [SetUp]
    public void RefusalsAreExpected() => Provokes(400, 401, 404);

    [TestCaseSource(nameof(Tags))]
    public async Task No_page_scrolls_sideways(string tag)
    {
        using var client = new RelyingParty(Host);
        using var device = new RelyingParty(Host, Given.Device, null, null);
        var page = await PageAsync(Look.Phone);
        await page.GotoAsync($"/login?set_language={tag}");
        await CheckAsync(page, tag, "sign-in");
        foreach (var path in new[] { "/register", "/password/forgot", "/password/reset?token=x", "/unlock?token=x", "/connect/authorize?client_id=nobody", "/nothing-here" })
        {
            await page.GotoAsync(path);
            await CheckAsync(page, tag, path);
        }

        await page.GotoAsync(client.AuthorizationUrl(("prompt", "consent")));
        await CheckAsync(page, tag, "sign-in to an app");
        await SubmitSignInAsync(page, "wrong");
        await CheckAsync(page, tag, "sign-in with an error");
        await SubmitSignInAsync(page, Given.Password);
        await CheckAsync(page, tag, "consent");
        await page.GotoAsync((await device.DeviceAsync())["verification_uri_complete"]!);
        await CheckAsync(page, tag, "device");
        foreach (var path in AccountPages)
        {
            await page.GotoAsync($"/account{path}");
            await CheckAsync(page, tag, $"/account{path}");
        }

        await page.GotoAsync("/logout");
        await CheckAsync(page, tag, "sign-out");
    }

    [Test]
    public async Task The_menu_works_without_a_script_and_stays_on_the_page()
    {
        var page = await PageAsync(javaScript: false);
        await page.GotoAsync("/login?returnUrl=%2Faccount%2Fdata");
        foreach (var language in Language.All.Reverse())
        {
            await page.Locator("details.languages summary").ClickAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = language.Name, Exact = true }).ClickAsync();
            Assert.That((await page.Locator("html").GetAttributeAsync("lang"), new Uri(page.Url).PathAndQuery), Is.EqualTo((language.Tag, "/login?returnUrl=%2Faccount%2Fdata")));
            Assert.That(await page.Locator("details.languages summary").InnerTextAsync(), Does.Contain(language.Name));
        }
    }

    [Test]
    public async Task What_the_script_says_is_in_the_language_of_the_page()
    {
        var page = await PageAsync();
        await page.GotoAsync("/login?set_language=de");
        var button = page.GetByRole(AriaRole.Button, new() { Name = "Passwort zeigen" });
        await button.ClickAsync();
        Assert.That(await page.GetByRole(AriaRole.Button, new() { Name = "Passwort verbergen" }).InnerTextAsync(), Is.EqualTo("Verbergen"));
        Assert.That(await page.Locator(".reveal [role=status]").InnerTextAsync(), Is.EqualTo("Ihr Passwort ist sichtbar"));
    }

    // Axe has seen these pages in one language; words change only their size.
    private static async Task CheckAsync(IPage page, string tag, string name)
    {
        Assert.That(await page.Locator("html").GetAttributeAsync("lang"), Is.EqualTo(tag), name);
        Assert.That(await Look.FaultsAsync(page), Is.Empty, name);
    }

    private static async Task SubmitSignInAsync(IPage page, string password)
    {
        await page.Locator("input[autocomplete~='username']").FillAsync(Given.Bob);
        await page.Locator("input[autocomplete~='current-password']").FillAsync(password);
        await page.Locator("main button[type=submit]").First.ClickAsync();
    }
}
