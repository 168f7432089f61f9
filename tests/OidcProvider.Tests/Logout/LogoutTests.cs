using System.Net;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Logout;

/// <summary>Signing out (OpenID Connect RP-Initiated Logout 1.0; attacks D03, D11).</summary>
public class LogoutTests : ProviderFixture
{
    [Test]
    public async Task D03_no_link_picture_or_foreign_form_signs_anybody_out()
    {
        var (user, browser) = await SignedInAsync();
        using var client = Client(Given.Trusted);
        using var other = Client(Given.Other, "https://rp2.test/cb");
        var mine = (await client.SignInAsync(browser, user))["id_token"]!;
        var theirs = (await client.SignInAsync())["id_token"]!;
        var token = Tokens(await browser.GetAsync("/account")).Single().Value;
        Func<Task<Page>>[] attempts =
        [
            () => browser.GetAsync("/logout"), () => browser.GetAsync("/connect/logout"), () => browser.PostAsync("/logout", []), () => browser.PostAsync("/logout", [new("decision", "sign-out")]),
            () => browser.PostAsync("/connect/logout", [new("decision", "sign-out"), new("__RequestVerificationToken", "x")]),
            () => browser.GetAsync(Url(("id_token_hint", mine))), () => browser.GetAsync(Url(("id_token_hint", theirs))), () => browser.GetAsync(Url(("id_token_hint", mine), ("decision", "sign-out"), ("__RequestVerificationToken", token))),
            () => browser.GetAsync(Url(("id_token_hint", "x.y.z"))), () => browser.GetAsync(Url(("client_id", Given.Other), ("post_logout_redirect_uri", Given.PostLogout))),
        ];
        foreach (var attempt in attempts)
        {
            await attempt();
            Assert.That((await browser.GetAsync("/account")).Title, Is.EqualTo("Your account"));
        }

        Assert.That((await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out")).Title, Is.EqualTo("You are signed out"));
    }

    [TestCase("https://evil.example/"), TestCase("http://127.0.0.1:7101/out.evil.example"), TestCase("http://127.0.0.1:7101/out/x"), TestCase("http://127.0.0.1:7101/out?x=1"), TestCase("http://127.0.0.1:7101@evil.example/out"), TestCase("javascript:alert(1)"), TestCase("http://127.0.0.1:7101/cb")]
    public async Task D11_only_a_registered_address_is_led_to(string address)
    {
        using var browser = Browser();
        using var client = Client(Given.Trusted);
        var hint = (await client.SignInAsync(browser))["id_token"]!;
        foreach (var url in new[] { Url(("id_token_hint", hint), ("post_logout_redirect_uri", address), ("state", "s")), Url(("client_id", Given.Trusted), ("post_logout_redirect_uri", address)), Url(("post_logout_redirect_uri", address)), Url(("post_logout_redirect_uri", Given.PostLogout)) })
        {
            var page = await browser.GetAsync(url);
            if (page.Body.Contains("value=\"sign-out\"", StringComparison.Ordinal))
            {
                page = await browser.SubmitAsync(page, "sign-out");
            }

            Assert.That((page.Location, page.Status), Is.EqualTo(((Uri?)null, page.Status)), url);
            await client.SignInAsync(browser);
        }
    }

    [Test]
    public async Task D11_the_hint_and_the_client_must_be_the_same_and_state_comes_back()
    {
        using var browser = Browser();
        using var client = Client(Given.Trusted);
        var hint = (await client.SignInAsync(browser))["id_token"]!;
        var mixed = await browser.GetAsync(Url(("id_token_hint", hint), ("client_id", Given.Web), ("post_logout_redirect_uri", Given.PostLogout)));
        Assert.That((mixed.Location, mixed.Status), Is.EqualTo(((Uri?)null, HttpStatusCode.BadRequest)));
        var page = await browser.SubmitAsync(await browser.GetAsync(Url(("id_token_hint", hint), ("post_logout_redirect_uri", Given.PostLogout), ("state", "a b&c"))), "sign-out");
        Assert.That((page.Location?.GetLeftPart(UriPartial.Path), page.Parameter("state")), Is.EqualTo((Given.PostLogout, "a b&c")));
    }

    private static string Url(params (string Name, string Value)[] parameters) => RelyingParty.Url("/connect/logout", parameters.Select(pair => new KeyValuePair<string, string>(pair.Name, pair.Value)));
}
