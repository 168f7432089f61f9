using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.BrowserTests;

/// <summary>Every page of the server's inventory, and what comes after its forms: axe finds no fault, light and dark, wide and narrow.</summary>
public class AccessibilityTests : InventoryFixture
{
    // Error pages are pages too.
    [SetUp]
    public void RefusalsAreExpected() => Provokes(400, 401, 403, 404, 500);

    [TestCase(true, TestName = "No_page_of_the_administration_has_a_fault"), TestCase(false, TestName = "No_other_page_has_a_fault")]
    public async Task No_page_has_a_fault(bool administration)
    {
        Dictionary<string, IPage> viewers = [];
        List<string> faults = [];
        foreach (var opening in Pages.Where(page => page.Route.StartsWith("/admin", StringComparison.Ordinal) == administration).SelectMany(OpeningsOf))
        {
            // Of those who may open a page the owner sees most.
            var viewer = opening.As ?? Persona.Owner.User!;
            if (!viewers.TryGetValue(viewer, out var page))
            {
                viewers[viewer] = page = await ViewerAsync(viewer);
            }

            var answer = (await page.GotoAsync(opening.Path))!;
            if (answer.Status != opening.Status || new Uri(page.Url).PathAndQuery != new Uri(Host.Issuer, opening.Path).PathAndQuery)
            {
                faults.Add($"{opening.Path} leads to {page.Url} with {answer.Status} instead of {opening.Status}");
            }

            await page.Locator("h1").First.WaitForAsync();
            faults.AddRange((await Look.FaultsInEachViewAsync(page, opening.Path)).Select(fault => $"{opening.Path} {fault}"));
        }

        Assert.That(faults, Is.Empty);
    }

    [Test]
    public async Task What_comes_after_a_form_has_no_fault()
    {
        using var device = new RelyingParty(Host, Given.Device, null, null);
        var page = await PageAsync();
        await page.GotoAsync("/nothing-here");
        await Look.CheckAsync(page, "not found");
        await page.GotoAsync("/register");
        await PressAsync(page, "Create account");
        await Look.CheckAsync(page, "registration with errors");
        await page.GotoAsync("/login");
        await SignInAsync(page, Given.Bob, "wrong");
        await Look.CheckAsync(page, "sign-in with an error");
        await SignInAsync(page, WithoutApp);
        var link = await page.Locator("a[href^='otpauth://']").GetAttributeAsync("href");
        await page.Locator("input[autocomplete='one-time-code']").FillAsync("000000");
        await PressAsync(page, "Continue");
        await Look.CheckAsync(page, "setting up an app with an error");
        await page.Locator("input[autocomplete='one-time-code']").FillAsync(JourneyTests.CodeOf(Host, link!));
        await PressAsync(page, "Continue");
        await Look.CheckAsync(page, "recovery codes");
        await page.GotoAsync("/account/password");
        await PressAsync(page, "Change password");
        await Look.CheckAsync(page, "password with errors");
        await page.GotoAsync((await device.DeviceAsync())["verification_uri_complete"]!);
        await PressAsync(page, "Deny");
        await Look.CheckAsync(page, "device denied");
        await page.GotoAsync("/logout");
        await PressAsync(page, "Sign out");
        await Look.CheckAsync(page, "signed out");
        await page.GotoAsync("/login");
        await SignInAsync(page, WithApp);
        await page.Locator("input[autocomplete='one-time-code']").FillAsync("000000");
        await PressAsync(page, "Continue");
        await Look.CheckAsync(page, "second step with an error");
    }

    [Test]
    public async Task The_page_that_makes_the_first_owner_has_no_fault()
    {
        var ownerless = Given.Everything();
        ownerless["users"] = new JsonArray();
        await using var fresh = await ProviderHost.StartAsync(bootstrap: ownerless);
        string? token = null;
        await fresh.InScopeAsync(async services => token = (await services.GetRequiredService<FirstOwner>().OfferAsync()).Token);
        var page = await PageAsync();
        Assert.That((await page.GotoAsync($"{fresh.IssuerValue}/first-owner?token={token}"))!.Status, Is.EqualTo(200));
        await Look.CheckAsync(page, "first owner");
    }

    private async Task<IPage> ViewerAsync(string viewer)
    {
        if (viewer is not (WithApp or WithoutApp))
        {
            return viewer == NoUser ? await PageAsync() : await SignedInAsync(viewer);
        }

        var page = await PageAsync();
        await page.Context.AddCookiesAsync(await HalfWayAsync(viewer));
        return page;
    }
}
