using System.Net;
using System.Text;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.SignIn;

/// <summary>Forged forms, planted cookies, framing, payloads (attacks D01, D05, D09; ASVS 5.0 V3, 7.2.4).</summary>
public class BrowserLayerTests : ProviderFixture
{
    private static readonly string[] Payloads =
    [
        "<script>alert(1)</script>", "\"><script>alert(1)</script>", "'><svg onload=alert(1)>", "<img src=x onerror=alert(1)>", "\"><img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<body onload=alert(1)>",
        "<iframe src=javascript:alert(1)>", "<a href=javascript:alert(1)>x</a>", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "\" onfocus=alert(1) autofocus=\"", "' onmouseover='alert(1)",
        "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>", "</style><script>alert(1)</script>", "--><script>alert(1)</script>", "]]><script>alert(1)</script>", "<!--<script>alert(1)//-->",
        "<math><mtext></p><script>alert(1)</script>", "<details open ontoggle=alert(1)>", "<video src=x onerror=alert(1)>", "<form action=javascript:alert(1)><button>x", "<input onfocus=alert(1) autofocus>", "<object data=javascript:alert(1)>",
        "<embed src=javascript:alert(1)>", "<base href=//evil.example>", "<link rel=stylesheet href=//evil.example>", "<meta http-equiv=refresh content=0;url=//evil.example>", "${alert(1)}", "{{constructor.constructor('alert(1)')()}}",
        "%3Cscript%3Ealert(1)%3C/script%3E", "&lt;script&gt;alert(1)&lt;/script&gt;", "\u003cscript\u003ealert(1)\u003c/script\u003e", "＜script＞alert(1)＜/script＞", "<scr\0ipt>alert(1)</scr\0ipt>", "\u202Etpircs<script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "' or 1=1 --",
    ];

    [Test]
    public async Task D01_a_form_from_elsewhere_signs_nobody_in()
    {
        using var browser = Browser();
        using var attacker = Browser();
        var fields = UserAgent.Form(await browser.GetAsync("/login")).Fields.Where(field => field.Key is not ("Username" or "Password")).Append(new("Username", Given.Alice)).Append(new("Password", Given.Password)).ToList();
        var foreign = UserAgent.Form(await attacker.GetAsync("/login")).Fields.Single(field => field.Key == "__RequestVerificationToken");
        HttpRequestMessage[] forged =
        [
            Form(fields.Where(field => field.Key != "__RequestVerificationToken")),
            Form([.. fields.Where(field => field.Key != "__RequestVerificationToken"), foreign]),
            new(HttpMethod.Post, "/login") { Content = new StringContent("{\"Username\":\"a\",\"Password\":\"b\"}", Encoding.UTF8, "application/json") },
            new(HttpMethod.Post, "/login") { Content = new StringContent(string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}")), Encoding.UTF8, "text/plain") },
            From(Form(fields), "cross-site"),
            From(Form(fields), "same-site"),
        ];
        foreach (var request in forged)
        {
            var page = await browser.SendAsync(request);
            Assert.That(page.Status, Is.EqualTo(HttpStatusCode.BadRequest).Or.EqualTo(HttpStatusCode.UnsupportedMediaType));
            Assert.That(page.Header("Set-Cookie"), Does.Not.Contain("session"));
        }

        Assert.That((await browser.SendAsync(From(Form(fields), "same-origin"))).Status, Is.EqualTo(HttpStatusCode.Redirect), "our own does");

        static HttpRequestMessage Form(IEnumerable<KeyValuePair<string, string>> fields) => new(HttpMethod.Post, "/login") { Content = new FormUrlEncodedContent(fields) };

        static HttpRequestMessage From(HttpRequestMessage request, string site)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
            return request;
        }
    }

    [Test]
    public async Task D05_cookies_from_before_a_sign_in_are_worth_nothing_after_it()
    {
        // The attacker's cookies, planted before the victim signs in, do not become the victim's.
        using var attacker = Browser();
        await attacker.GetAsync("/login");
        using var victim = Browser();
        foreach (Cookie cookie in attacker.Cookies.GetCookies(Host.Issuer))
        {
            victim.Cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", Host.Issuer.Host));
        }

        await victim.SignInAsync(await victim.GetAsync("/login"));
        Assert.That((await attacker.GetAsync("/account")).Title, Is.EqualTo("Sign in"));

        // Neither do those of a signed-in attacker, whose session ends in the victim's browser and stays the attacker's own at home.
        var (_, mallory) = await SignedInAsync();
        using var second = Browser();
        foreach (Cookie cookie in mallory.Cookies.GetCookies(Host.Issuer))
        {
            second.Cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", Host.Issuer.Host));
        }

        await second.SignInAsync(await second.GetAsync("/login"));
        Assert.That((await second.GetAsync("/account")).Body, Does.Contain(Given.Alice));
        Assert.That((await mallory.GetAsync("/account")).Body, Does.Not.Contain(Given.Alice));
    }

    [Test]
    public async Task D05_a_half_sign_in_dies_with_its_second_step_and_belongs_to_its_browser()
    {
        var (user, secret, _) = await UserWithAppAsync();
        using var browser = Browser();
        var step = await browser.SignInAsync(await browser.GetAsync("/login"), user);
        using var thief = Browser();
        var before = browser.Cookies.GetCookies(Host.Issuer).Single(cookie => cookie.Name.Contains("pending", StringComparison.Ordinal));
        await browser.SubmitAsync(step, null, ("Code", CodeOf(secret)));
        thief.Cookies.Add(new Cookie(before.Name, before.Value, "/", Host.Issuer.Host));
        Assert.That((await thief.GetAsync("/login/mfa")).Title, Is.EqualTo("Sign in"));
        Assert.That((await thief.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
    }

    [Test]
    public async Task D05_stepping_up_gives_the_session_a_new_handle()
    {
        var (user, secret, _) = await UserWithAppAsync();
        using var browser = Browser();
        await browser.SubmitAsync(await browser.SignInAsync(await browser.GetAsync("/login"), user), null, ("Code", CodeOf(secret)), ("Trust", "true"));
        await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out");
        await browser.SignInAsync(await browser.GetAsync("/login"), user);
        var before = Session();
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        await browser.SubmitAsync(await browser.GetAsync("/login/mfa"), null, ("Code", CodeOf(secret)));
        Assert.That(Session().Value, Is.Not.EqualTo(before.Value));
        using var thief = Browser();
        thief.Cookies.Add(new Cookie(before.Name, before.Value, "/", Host.Issuer.Host));
        Assert.That((await thief.GetAsync("/account")).Title, Is.EqualTo("Sign in"));

        Cookie Session() => browser.Cookies.GetCookies(Host.Issuer).Single(cookie => cookie.Name.Contains("session", StringComparison.Ordinal));
    }

    [Test]
    public async Task Every_page_forbids_framing_sniffing_caching_and_referring()
    {
        var (_, browser) = await SignedInAsync();
        foreach (var path in new[] { "/", "/login", "/login/mfa", "/password/forgot", "/password/reset?token=x", "/unlock?token=x", "/logout", "/account", "/account/password", "/account/sessions", "/nothing-here" })
        {
            var page = await browser.GetAsync(path);
            Assert.That(page.Header("Content-Security-Policy"), Does.Contain("frame-ancestors 'none'").And.Contain("default-src 'none'").And.Contain("base-uri 'none'").And.Not.Contain("unsafe"), path);
            Assert.That((page.Header("X-Frame-Options"), page.Header("X-Content-Type-Options"), page.Header("Referrer-Policy"), page.Header("Cache-Control").Contains("no-store", StringComparison.Ordinal)), Is.EqualTo(("DENY", "nosniff", "no-referrer", true)), path);
            Assert.That(page.Body, Does.Not.Match("<script(?![^>]*\\ssrc=)[^>]*>|\\son[a-z]+=\"|style=\""), path);
        }
    }

    [Test]
    public async Task D09_forty_payloads_come_back_encoded_or_not_at_all([ValueSource(nameof(Payloads))] string payload)
    {
        var (user, browser) = await SignedInAsync();
        using var client = Client();
        var typed = Uri.EscapeDataString(payload);
        List<Page> pages =
        [
            await browser.GetAsync($"/login?login_hint={typed}&returnUrl={typed}&ui_locales={typed}&error_description={typed}&reason={typed}"),
            await browser.GetAsync($"/account/passkeys?done={typed}"), await browser.GetAsync($"/device?user_code={typed}"), await browser.GetAsync($"/nothing/{typed}"),
            await browser.GetAsync($"/password/reset?token={typed}"), await browser.GetAsync($"/logout?state={typed}&post_logout_redirect_uri={typed}&client_id={typed}"),
            await browser.GetAsync(client.AuthorizationUrl(("state", payload), ("prompt", "consent"), ("ui_locales", payload), ("login_hint", payload))),
            await browser.GetAsync(client.AuthorizationUrl(("client_id", payload))), await browser.GetAsync(client.AuthorizationUrl(("redirect_uri", payload))),
            await browser.SignInAsync(await browser.GetAsync("/login"), payload, "wrong"),
            await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", payload)),
        ];
        await browser.SubmitAsync(await browser.GetAsync("/account"), null, ("GivenName", payload), ("FamilyName", payload), ("DisplayName", payload));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/account");
        pages.AddRange([await browser.SendAsync(request), await browser.GetAsync("/account/email"), await browser.GetAsync("/account/sessions"), await browser.GetAsync("/"), await browser.GetAsync(client.AuthorizationUrl(("prompt", "consent")))]);
        foreach (var page in pages)
        {
            // Each tag of ours is followed by its own attributes; a payload that got through would be a tag or an attribute of its own.
            Assert.That(page.Body, Does.Not.Contain("alert(1)>").And.Not.Contain("<svg/onload").And.Not.Match("<(base|link|meta|script)[^>\"]*//evil").And.Not.Match("<[a-z]+[^>\"]*\\son[a-z]+=\"?alert"), page.Uri.ToString());
            Assert.That(page.Body, Does.Not.Match("(href|action|src)=\"\\s*(javascript|data:text)"), page.Uri.ToString());
            Assert.That(payload.Contains('<', StringComparison.Ordinal) && page.Body.Contains(payload, StringComparison.Ordinal), Is.False, $"{page.Uri} for {user}");
        }
    }
}
