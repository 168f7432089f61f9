using System.Net;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.SignIn;

/// <summary>The sign-in page and the session it begins (ASVS 5.0 V6, V7; attacks D01, D05, E01).</summary>
public class LoginTests : ProviderFixture
{
    [Test]
    public async Task Unknown_and_wrong_are_answered_alike()
    {
        using var browser = Browser();
        var wrong = await browser.SignInAsync(await browser.GetAsync("/login"), Given.Alice, "wrong");
        var unknown = await browser.SignInAsync(await browser.GetAsync("/login"), "nobody@example.test", "wrong");
        Assert.That((wrong.Status, unknown.Status), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)));
        Assert.That(Plain(wrong.Body), Is.EqualTo(Plain(unknown.Body)));
        Assert.That(wrong.Body, Does.Contain("role=\"alert\"").And.Contain("The username or password is incorrect."));
    }

    [Test]
    public async Task An_empty_form_says_what_is_missing_and_keeps_what_was_typed()
    {
        using var browser = Browser();
        var page = await browser.SignInAsync(await browser.GetAsync("/login"), Given.Alice, "");
        Assert.That((page.Status, page.Body.Contains("Enter your password.", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.BadRequest, true)));
        Assert.That(UserAgent.Form(page).Fields.Single(field => field.Key == "Username").Value, Is.EqualTo(Given.Alice));
    }

    [Test]
    public async Task Without_the_antiforgery_token_nobody_is_signed_in()
    {
        using var browser = Browser();
        var page = await browser.PostAsync("/login", [new("Username", Given.Alice), new("Password", Given.Password)]);
        Assert.That(page.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(browser.Cookies.GetCookies(Host.Issuer).Select(cookie => cookie.Name), Has.None.Contain("session"));
        Assert.That(UserAgent.Form(page).Fields.Single(field => field.Key == "Username").Value, Is.EqualTo(Given.Alice), "what was typed is kept");
    }

    [TestCase("//evil.example"), TestCase("https://evil.example"), TestCase("/\\evil.example"), TestCase("javascript:alert(1)"), TestCase("/\t/evil.example"), TestCase(" //evil.example"), TestCase("")]
    public async Task A_return_url_leads_nowhere_else(string returnUrl)
    {
        using var browser = Browser();
        var login = await browser.GetAsync($"/login?returnUrl={Uri.EscapeDataString(returnUrl)}");
        var page = await browser.SignInAsync(login);
        Assert.That((page.Location, page.Uri.AbsolutePath), Is.EqualTo(((Uri?)null, "/")));
    }

    [Test]
    public async Task The_session_cookie_is_a_new_handle_at_every_sign_in()
    {
        using var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"));
        var first = Session(browser);
        await browser.SignInAsync(await browser.GetAsync("/login"));
        var second = Session(browser);
        Assert.That((first.HttpOnly, first.Value), Is.Not.EqualTo((true, second.Value)));

        using var thief = Browser();
        thief.Cookies.Add(new Cookie(first.Name, first.Value, "/", Host.Issuer.Host));
        Assert.That((await thief.GetAsync("/")).Body, Does.Not.Contain("Alice"), "the handle from before the sign-in is dead");
        Assert.That((await browser.GetAsync("/")).Body, Does.Contain("Alice"));
    }

    [Test]
    public async Task A_session_ends_when_idle_and_at_its_absolute_end()
    {
        using var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"));
        Host.Time.Advance(TimeSpan.FromHours(7));
        Assert.That((await browser.GetAsync("/")).Body, Does.Contain("Alice"));
        Host.Time.Advance(TimeSpan.FromHours(7));
        Assert.That((await browser.GetAsync("/")).Body, Does.Contain("Alice"), "seven hours ago it was used");
        Host.Time.Advance(TimeSpan.FromHours(9));
        Assert.That((await browser.GetAsync("/")).Body, Does.Not.Contain("Alice"));
    }

    [Test]
    public async Task Signing_out_kills_the_cookie_wherever_it_is()
    {
        using var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"));
        var cookie = Session(browser);
        await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out");
        using var thief = Browser();
        thief.Cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", Host.Issuer.Host));
        Assert.That((await thief.GetAsync("/")).Body, Does.Not.Contain("Alice"));
    }

    private Cookie Session(UserAgent browser) => browser.Cookies.GetCookies(Host.Issuer).Single(cookie => cookie.Name.Contains("session", StringComparison.Ordinal));

    private static string Plain(string body) => System.Text.RegularExpressions.Regex.Replace(body, "value=\"[^\"]*\"", "");
}
