using System.Net;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Protocol;

/// <summary>The authorization endpoint: RFC 6749 §3.1 and §4.1, OpenID Connect Core 1.0 §3.1.2, RFC 9207.</summary>
public class AuthorizationTests : ProviderFixture
{
    [Test]
    public async Task A_stranger_is_asked_to_sign_in_with_the_hint_filled_in()
    {
        using var client = Client();
        using var browser = Browser();
        var page = await browser.GetAsync(client.AuthorizationUrl(("login_hint", Given.Bob)));
        Assert.That(page.Uri.AbsolutePath, Is.EqualTo("/login"));
        Assert.That(UserAgent.Form(page).Fields, Has.Some.Matches<KeyValuePair<string, string>>(field => field.Key == "Username" && field.Value == Given.Bob));
    }

    [Test]
    public async Task The_answer_names_state_and_issuer()
    {
        using var client = Client();
        using var browser = Browser();
        var page = await client.AuthorizeAsync(browser);
        Assert.That((page.Parameter("state"), page.Parameter("iss")), Is.EqualTo((client.State, Host.IssuerValue)));
        Assert.That(page.Parameter("code"), Has.Length.EqualTo(43));
    }

    [Test]
    public async Task Consent_is_remembered_and_asked_again_only_for_more()
    {
        using var client = Client();
        using var browser = Browser();
        var first = await browser.SignInAsync(await browser.GetAsync(client.AuthorizationUrl(("scope", "openid email"))), Given.Bob);
        Assert.That(first.Title, Is.EqualTo($"App {Given.Web} wants to"));
        Assert.That(first.Body, Does.Contain("127.0.0.1:7101").And.Contain("See your e-mail address"));
        await browser.SubmitAsync(first, "allow");

        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("scope", "openid")))).Parameter("code"), Is.Not.Null);
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("scope", "openid email phone")))).Title, Does.EndWith("wants to"));
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("scope", "openid email phone"), ("prompt", "none")))).Parameter("error"), Is.EqualTo("consent_required"));
    }

    [Test]
    public async Task Denied_consent_goes_back_as_access_denied()
    {
        using var client = Client(Given.Other, "https://rp2.test/cb");
        using var browser = Browser();
        var page = await browser.SubmitAsync(await browser.SignInAsync(await browser.GetAsync(client.AuthorizationUrl())), "deny");
        Assert.That((page.Location!.Host, page.Parameter("error"), page.Parameter("state")), Is.EqualTo(("rp2.test", "access_denied", client.State)));
    }

    [Test]
    public async Task A_consent_form_without_its_antiforgery_token_grants_nothing()
    {
        using var client = Client(Given.Other, "https://rp2.test/cb");
        using var browser = Browser();
        var page = await browser.SignInAsync(await browser.GetAsync(client.AuthorizationUrl(("prompt", "consent"))));
        var (action, fields) = UserAgent.Form(page);
        var forged = await browser.PostAsync(action, [.. fields.Where(field => field.Key != "__RequestVerificationToken"), new("decision", "allow")]);
        Assert.That((forged.Location, forged.Title), Is.EqualTo(((Uri?)null, $"App {Given.Other} wants to")));
    }

    [Test]
    public async Task Prompt_none_never_shows_a_page()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var stranger = await browser.GetAsync(client.AuthorizationUrl(("prompt", "none")));
        Assert.That((stranger.Parameter("error"), stranger.Parameter("state"), stranger.Parameter("iss")), Is.EqualTo(("login_required", client.State, Host.IssuerValue)));

        await client.AuthorizeAsync(browser);
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none")))).Parameter("code"), Is.Not.Null);
    }

    [Test]
    public async Task Prompt_login_asks_again_and_moves_auth_time()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var before = await client.SignInAsync(browser);
        Host.Time.Advance(TimeSpan.FromSeconds(5));

        var page = await browser.GetAsync(client.AuthorizationUrl(("prompt", "login")));
        Assert.That(page.Uri.AbsolutePath, Is.EqualTo("/login"));
        var after = await client.RedeemAsync((await browser.SignInAsync(page)).Parameter("code")!);

        Assert.That(after.IdToken.GetPayloadValue<long>("auth_time"), Is.GreaterThan(before.IdToken.GetPayloadValue<long>("auth_time")));
        Assert.That(after.IdToken.GetPayloadValue<string>("sid"), Is.EqualTo(before.IdToken.GetPayloadValue<string>("sid")));
    }

    [Test]
    public async Task The_way_back_from_sign_in_cannot_be_forged_to_skip_it()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        await client.AuthorizeAsync(browser);
        Host.Time.Advance(TimeSpan.FromSeconds(5));
        foreach (var marker in new[] { "0", "1", "AAAA", Uri.EscapeDataString("CfDJ8") })
        {
            var page = await browser.GetAsync(client.AuthorizationUrl(("prompt", "login"), ("signin_marker", marker)));
            Assert.That(page.Uri.AbsolutePath, Is.EqualTo("/login"));
        }
    }

    [Test]
    public async Task Max_age_asks_again_only_when_the_sign_in_is_older()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        await client.AuthorizeAsync(browser);
        Host.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("max_age", "100")))).Parameter("code"), Is.Not.Null);
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("max_age", "30"), ("prompt", "none")))).Parameter("error"), Is.EqualTo("login_required"));

        var page = await browser.SignInAsync(await browser.GetAsync(client.AuthorizationUrl(("max_age", "0"))));
        Assert.That(page.Parameter("code"), Is.Not.Null, "signing in satisfies max_age=0 and does not ask for ever");
    }

    [Test]
    public async Task The_account_can_be_chosen_and_changed()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        await client.AuthorizeAsync(browser);
        var chooser = await browser.GetAsync(client.AuthorizationUrl(("prompt", "select_account")));
        Assert.That(chooser.Title, Is.EqualTo("Choose an account"));
        Assert.That((await browser.SubmitAsync(chooser, "continue")).Parameter("code"), Is.Not.Null);

        Host.Time.Advance(TimeSpan.FromSeconds(1));
        var other = await browser.SignInAsync(await browser.SubmitAsync(chooser, "switch"), Given.Bob);
        var tokens = await client.RedeemAsync(other.Parameter("code")!);
        Assert.That((await client.UserInfoAsync(tokens["access_token"]))["email"], Is.EqualTo(Given.Bob));
    }

    [Test]
    public async Task An_id_token_hint_of_somebody_else_is_not_answered_with_this_user()
    {
        using var client = Client(Given.Trusted);
        using var alice = Browser();
        using var bob = Browser();
        var hint = (await client.SignInAsync(alice))["id_token"]!;
        await client.AuthorizeAsync(bob, Given.Bob);

        Assert.That((await alice.GetAsync(client.AuthorizationUrl(("prompt", "none"), ("id_token_hint", hint)))).Parameter("code"), Is.Not.Null);
        Assert.That((await bob.GetAsync(client.AuthorizationUrl(("prompt", "none"), ("id_token_hint", hint)))).Parameter("error"), Is.EqualTo("login_required"));
    }

    [Test]
    public async Task A_request_may_be_posted_and_survives_sign_in()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var login = await browser.PostAsync("/connect/authorize", client.AuthorizationParameters());
        var page = await browser.SignInAsync(login);
        Assert.That(page.Parameter("state"), Is.EqualTo(client.State));
        Assert.That(page.Parameter("code"), Is.Not.Null);
    }

    [Test]
    public async Task Form_post_is_a_page_that_needs_no_inline_permission()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        await client.AuthorizeAsync(browser);
        var page = await browser.GetAsync(client.AuthorizationUrl(("response_mode", "form_post")));
        var nonce = System.Text.RegularExpressions.Regex.Match(page.Body, "<script nonce=\"([^\"]+)\"").Groups[1].Value;
        var (action, fields) = UserAgent.Form(page);

        Assert.That(action, Is.EqualTo(Given.Redirect));
        Assert.That(fields.Select(field => field.Key), Is.EquivalentTo(new[] { "code", "state", "iss" }));
        Assert.That(page.Header("Content-Security-Policy"), Does.Contain($"'nonce-{WebUtility.HtmlDecode(nonce)}'").And.Contain("form-action 'self' http://127.0.0.1:7101").And.Not.Contain("unsafe-inline"));
    }

    [Test]
    public async Task Fragment_answers_leave_the_query_alone()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        await client.AuthorizeAsync(browser);
        var page = await browser.GetAsync(client.AuthorizationUrl(("response_mode", "fragment")));
        Assert.That(page.Location!.Query, Is.Empty);
        Assert.That(page.Location.Fragment, Does.Contain("code="));
    }

    // Attacks A01, A03: only the registered string, to the letter.
    [TestCase("https://rp2.test.evil.test/cb"), TestCase("https://evil.test/https://rp2.test/cb"), TestCase("https://rp2.test/cb.evil"), TestCase("https://rp2.test/cb/x")]
    [TestCase("https://rp2.test/cb?x=1"), TestCase("https://RP2.test/cb"), TestCase("https://rp2.test:443/cb"), TestCase("http://rp2.test/cb"), TestCase("https://rp2.test/CB")]
    [TestCase("https://rp2.test/cb/"), TestCase("https://rp2.test./cb"), TestCase("https://rp2.test@evil.test/cb"), TestCase("https://rp2.test%40evil.test/cb")]
    [TestCase("https://rp2.test\\@evil.test/cb"), TestCase("https://evil.test#@rp2.test/cb"), TestCase("https://rp2.test:pw@evil.test"), TestCase("javascript:alert(1)"), TestCase("/cb")]
    public async Task A_redirect_uri_that_is_not_registered_gets_nothing(string redirect)
    {
        using var client = Client(Given.Other, redirect);
        using var browser = Browser();
        var page = await browser.GetOnceAsync(client.AuthorizationUrl());
        Assert.That((page.Status, page.Location), Is.EqualTo((HttpStatusCode.BadRequest, (Uri?)null)));
        Assert.That(page.Body, Does.Not.Contain("evil.test").And.Contain("data-reference"));
    }

    // Attack A05, RFC 8252 §7.3: a native app's loopback address may have any port, nothing else may differ.
    [TestCase("http://127.0.0.1:51004/cb", true), TestCase("http://localhost:51004/cb", false), TestCase("http://127.0.0.1:51004/cb/x", false), TestCase("http://127.0.0.2/cb", false)]
    [TestCase("http://127.1/cb", false), TestCase("http://2130706433/cb", false), TestCase("http://127.0.0.1.evil.test/cb", false), TestCase("https://127.0.0.1:51004/cb", false)]
    public async Task Only_the_port_of_a_native_loopback_address_is_free(string redirect, bool allowed)
    {
        using var client = Client(Given.Native, redirect);
        using var browser = Browser();
        var page = await browser.GetAsync(client.AuthorizationUrl());
        Assert.That(page.Status, Is.EqualTo(allowed ? HttpStatusCode.OK : HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_web_client_has_no_free_port()
    {
        using var client = Client(Given.Web, "http://127.0.0.1:7102/cb");
        using var browser = Browser();
        Assert.That((await browser.GetAsync(client.AuthorizationUrl())).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    // RFC 6749 §4.1.2.1: once client and redirect_uri are right, the client is told.
    [TestCase("response_type", "token", "unsupported_response_type"), TestCase("response_type", null, "invalid_request"), TestCase("scope", "openid nonsense", "invalid_scope")]
    [TestCase("request", "abc", "request_not_supported"), TestCase("request_uri", "https://rp2.test/r", "request_uri_not_supported"), TestCase("prompt", "none login", "invalid_request")]
    [TestCase("response_mode", "bogus", "invalid_request"), TestCase("code_challenge", null, "invalid_request"), TestCase("code_challenge", "short", "invalid_request")]
    [TestCase("code_challenge_method", "plain", "invalid_request"), TestCase("code_challenge_method", null, "invalid_request"), TestCase("code_challenge_method", "s256", "invalid_request")]
    [TestCase("code_challenge", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=", "invalid_request"), TestCase("code_challenge", "", "invalid_request")]
    public async Task What_is_wrong_with_a_request_is_told_to_the_client(string name, string? value, string error)
    {
        using var client = Client(Given.Other, "https://rp2.test/cb");
        using var browser = Browser();
        var page = await browser.GetOnceAsync(client.AuthorizationUrl((name, value), (name == "code_challenge" && value is null ? "code_challenge_method" : "ignored", name == "code_challenge" && value is null ? null : "x")));
        Assert.That((page.Location?.Host, page.Parameter("error"), page.Parameter("state"), page.Parameter("iss")), Is.EqualTo(("rp2.test", error, client.State, Host.IssuerValue)), page.Body);
        Assert.That(page.Parameter("error_uri"), Is.Null);
    }

    [Test]
    public async Task A_client_that_need_not_use_pkce_may_and_then_must_keep_to_it()
    {
        using var client = Client(Given.Legacy);
        using var browser = Browser();
        var without = (await client.AuthorizeAsync(browser, changes: [("code_challenge", null), ("code_challenge_method", null)])).Parameter("code")!;
        // RFC 9700 §4.8.2: a verifier for a code without a challenge is a downgrade.
        Assert.That((await client.RedeemAsync(without)).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.RedeemAsync(without, ("code_verifier", null))).Status, Is.EqualTo(HttpStatusCode.OK));

        var with = (await client.AuthorizeAsync(browser)).Parameter("code")!;
        Assert.That((await client.RedeemAsync(with, ("code_verifier", null))).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.RedeemAsync(with)).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task An_unknown_client_is_told_of_on_a_page()
    {
        using var client = Client("nobody");
        using var browser = Browser();
        var page = await browser.GetOnceAsync(client.AuthorizationUrl());
        Assert.That((page.Status, page.Title), Is.EqualTo((HttpStatusCode.BadRequest, "This app is not known here")));
        Assert.That(page.Body, Does.Contain(page.Header("X-Request-Id")));
        Assert.That(Host.Log.Lines, Has.Some.Contain("client nobody").And.Contain(page.Header("X-Request-Id")));
    }
}
