using System.Web;
using Microsoft.Playwright;
using OidcProvider.TestKit;
using static Microsoft.Playwright.Assertions;

namespace OidcProvider.BrowserTests;

/// <summary>Each page in a real browser, with and without JavaScript.</summary>
[TestFixture(true), TestFixture(false)]
public class PageTests(bool javaScript) : BrowserFixture
{
    private async Task<IPage> NewAsync()
    {
        var page = await PageAsync(javaScript: javaScript);
        await AnswerForTheClientAsync(page);
        return page;
    }

    [Test]
    public async Task A_wrong_password_is_told_and_the_name_kept()
    {
        Provokes(401);
        var page = await NewAsync();
        await page.GotoAsync("/login");
        await SignInAsync(page, password: "wrong");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The username or password is incorrect.");
        await Expect(page.Locator("input[autocomplete~='username']")).ToHaveValueAsync(Given.Alice);
        await Expect(page.Locator("input[autocomplete~='current-password']")).ToHaveValueAsync("");
    }

    [Test]
    public async Task Signing_in_and_allowing_arrives_at_the_client()
    {
        using var client = new RelyingParty(Host);
        var page = await NewAsync();
        await page.GotoAsync(client.AuthorizationUrl(("prompt", "consent")));
        await SignInAsync(page);
        await Expect(page.Locator("h1")).ToContainTextAsync($"App {Given.Web} wants to");
        await Expect(page.GetByText("127.0.0.1:7101")).ToBeVisibleAsync();
        await PressAsync(page, "Allow");
        await page.WaitForURLAsync($"{Given.Redirect}?**");
        var query = HttpUtility.ParseQueryString(new Uri(page.Url).Query);
        Assert.That((query["state"], query["iss"]), Is.EqualTo((client.State, Host.IssuerValue)));
        Assert.That((await client.RedeemAsync(query["code"]!))["id_token"], Is.Not.Null);
    }

    [Test]
    public async Task Denying_arrives_at_the_client_as_access_denied()
    {
        using var client = new RelyingParty(Host);
        var page = await NewAsync();
        await page.GotoAsync(client.AuthorizationUrl(("prompt", "consent")));
        await SignInAsync(page, Given.Bob);
        await PressAsync(page, "Deny");
        await page.WaitForURLAsync($"{Given.Redirect}?**error=access_denied**");
    }

    [Test]
    public async Task Another_account_can_be_used()
    {
        using var client = new RelyingParty(Host, Given.Trusted);
        var page = await NewAsync();
        await page.GotoAsync("/login");
        await SignInAsync(page);
        await page.GotoAsync(client.AuthorizationUrl(("prompt", "select_account")));
        await Expect(page.Locator("h1")).ToHaveTextAsync("Choose an account");
        await PressAsync(page, "Use another account");
        await SignInAsync(page, Given.Bob);
        // Who just signed in has chosen the account and is not asked again.
        await page.WaitForURLAsync($"{Given.Redirect}?code=**");
    }

    [Test]
    public async Task A_device_is_connected_by_its_code()
    {
        using var device = new RelyingParty(Host, Given.Device, null, null);
        Provokes(400);
        var started = await device.DeviceAsync();
        var page = await NewAsync();
        await page.GotoAsync("/device");
        await SignInAsync(page);
        await page.Locator("input[name='user_code']").FillAsync("aaaa-aaaa");
        await PressAsync(page, "Continue");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not valid or has expired");
        await page.Locator("input[name='user_code']").FillAsync(started["user_code"]!.ToLowerInvariant());
        await PressAsync(page, "Continue");
        await Expect(page.Locator("h1")).ToContainTextAsync($"App {Given.Device}");
        await PressAsync(page, "Allow");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Device connected");
        Assert.That((await device.PollAsync(started["device_code"]))["access_token"], Is.Not.Null);
    }

    [Test]
    public async Task Sign_out_asks_and_leads_back_to_the_client()
    {
        using var client = new RelyingParty(Host, Given.Trusted);
        var page = await NewAsync();
        await page.GotoAsync(client.AuthorizationUrl());
        await SignInAsync(page);
        await page.WaitForURLAsync($"{Given.Redirect}?**");
        var tokens = await client.RedeemAsync(HttpUtility.ParseQueryString(new Uri(page.Url).Query)["code"]!);
        await page.GotoAsync(RelyingParty.Url("/connect/logout", [new("id_token_hint", tokens["id_token"]!), new("post_logout_redirect_uri", Given.PostLogout), new("state", "bye")]));
        await PressAsync(page, "Sign out");
        await page.WaitForURLAsync($"{Given.PostLogout}?state=bye");
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    [Test]
    public async Task The_start_page_knows_who_is_signed_in()
    {
        var page = await NewAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await SignInAsync(page);
        await Expect(page.GetByText("Alice Archer")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign out" }).ClickAsync();
        await PressAsync(page, "Sign out");
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed out");
    }

    [Test]
    public async Task An_error_page_gives_a_reference_that_the_log_knows()
    {
        Provokes(400);
        var page = await NewAsync();
        var response = await page.GotoAsync("/connect/authorize?client_id=nobody");
        Assert.That(response!.Status, Is.EqualTo(400));
        var reference = await page.Locator("[data-reference]").InnerTextAsync();
        Assert.That(response.Headers["x-request-id"], Is.EqualTo(reference));
        Assert.That(Host.Log.Lines, Has.Some.Contain(reference));
    }

    [Test]
    public async Task A_form_post_answer_arrives_by_itself_or_by_its_button()
    {
        using var client = new RelyingParty(Host, Given.Trusted);
        var page = await NewAsync();
        await page.GotoAsync(client.AuthorizationUrl(("response_mode", "form_post")));
        await SignInAsync(page);
        if (!javaScript)
        {
            await PressAsync(page, "Continue");
        }

        await page.WaitForURLAsync(Given.Redirect);
        await Expect(page.Locator("pre")).ToContainTextAsync($"state={client.State}");
    }
}
