using System.Net;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Protocol;

/// <summary>What can be learned or got without the user seeing anything (OpenID Connect Core 1.0 §3.1.2.1, §3.1.2.6; attack D07).</summary>
public class SilentTests : ProviderFixture
{
    [Test]
    public async Task D07_prompt_none_shows_no_page_gives_no_code_for_somebody_else_and_answers_registered_addresses_only()
    {
        using var client = Client();
        using var stranger = Browser();
        foreach (var hint in new[] { Given.Alice, "nobody@example.test" })
        {
            Assert.That((await stranger.GetAsync(client.AuthorizationUrl(("prompt", "none"), ("login_hint", hint)))).Parameter("error"), Is.EqualTo("login_required"), "an account that exists is answered like one that does not");
        }

        var (user, browser) = await SignedInAsync();
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none")))).Parameter("error"), Is.EqualTo("consent_required"));
        var theirs = (await client.SignInAsync())["id_token"]!;
        var mine = (await client.SignInAsync(browser, user))["id_token"]!;
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none"), ("id_token_hint", theirs)))).Parameter("error"), Is.EqualTo("login_required"));
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none"), ("id_token_hint", mine)))).Parameter("code"), Is.Not.Null);
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none"), ("max_age", "0")))).Parameter("error"), Is.EqualTo("login_required"));
        foreach (var prompt in new[] { "none login", "none consent", "none select_account", "nonsense" })
        {
            var page = await browser.GetAsync(client.AuthorizationUrl(("prompt", prompt)));
            Assert.That((page.Parameter("error"), page.Parameter("code")), Is.EqualTo(("invalid_request", (string?)null)), prompt);
        }

        var foreign = await browser.GetAsync(client.AuthorizationUrl(("prompt", "none"), ("redirect_uri", "https://evil.example/cb")));
        Assert.That((foreign.Status, foreign.Location), Is.EqualTo((HttpStatusCode.BadRequest, (Uri?)null)));
    }
}
