using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Languages;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.Languages;

/// <summary>Which language pages, errors and mails are in, over HTTP: ui_locales, then the menu, then the browser.</summary>
public class LanguageTests : ProviderFixture
{
    private const string Claire = "claire@example.test";

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Users:AllowRegistration"] = "true" };

    protected override JsonObject Bootstrap
    {
        get
        {
            var everything = Given.Everything();
            var claire = Given.User(Claire, "Claire", "Clerc", []);
            claire["locale"] = "fr-CA";
            everything["users"]!.AsArray().Add((JsonNode)claire);
            return everything;
        }
    }

    [Test]
    public async Task The_browsers_language_is_spoken_and_said()
    {
        using var browser = Browser();
        var page = await GetAsync(browser, "/login", "de-CH, en;q=0.5");
        Assert.Multiple(() =>
        {
            Assert.That(page.Title, Is.EqualTo("Anmelden"));
            Assert.That(page.Body, Does.Contain("<html lang=\"de\" dir=\"ltr\">"));
            Assert.That(page.Header("Content-Language"), Is.EqualTo("de"));
            Assert.That(page.Header("Vary"), Does.Contain("Accept-Language").And.Contain("Cookie"));
            Assert.That(page.Header("Cache-Control"), Does.StartWith("no-store"));
        });
    }

    [Test]
    public async Task The_menu_leads_back_to_the_same_page_and_is_kept()
    {
        using var browser = Browser();
        var page = await GetAsync(browser, "/login?returnUrl=%2Faccount%3Fa%3Db%26c", "de");
        var link = MenuLink(page, "es");
        var chosen = await browser.GetOnceAsync(link);
        Assert.That(chosen.Location!.PathAndQuery, Is.EqualTo("/login?returnUrl=%2Faccount%3Fa%3Db%26c"));
        Assert.That((await GetAsync(browser, chosen.Location.PathAndQuery, "de")).Title, Is.EqualTo("Iniciar sesión"));
        Assert.That((await GetAsync(browser, "/nothing-here", "de")).Title, Is.EqualTo("Página no encontrada"));
    }

    [Test]
    public async Task After_a_post_the_menu_leads_to_the_form_with_its_way_back()
    {
        using var browser = Browser();
        var page = await browser.SignInAsync(await browser.GetAsync("/login?returnUrl=%2Faccount%2Fdata"), Given.Alice, "wrong");
        Assert.That(page.Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(MenuLink(page, "fr"), Is.EqualTo("/login?returnUrl=%2Faccount%2Fdata&set_language=fr"));
        Assert.That((await browser.GetAsync(MenuLink(page, "fr"))).Title, Is.EqualTo("Se connecter"));
    }

    [TestCase("//evil.example/%2e%2e?set_language=de"), TestCase("/\\evil.example?set_language=de"), TestCase("/%0d%0aSet-Cookie:x?set_language=de"), TestCase("/login?set_language=de&set_language=fr"), TestCase("/?back=Ly9ldmlsLmV4YW1wbGU&set_language=de"), TestCase("/?back=aHR0cHM6Ly9ldmlsLmV4YW1wbGU&set_language=de"), TestCase("/?back=%%%&set_language=de")]
    public async Task The_menu_leads_nowhere_else(string url)
    {
        using var browser = Browser();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Host.IssuerValue + url));
        var answer = await browser.SendAsync(request);
        Assert.That(answer.Location is null || answer.Location.Authority == Host.Issuer.Authority, $"{answer.Status} {answer.Location}");
    }

    [Test]
    public async Task An_error_page_changes_its_language_without_repeating_what_was_refused()
    {
        using var browser = Browser();
        var page = await browser.GetAsync("/connect/authorize?client_id=web&response_type=code&redirect_uri=https%3A%2F%2Fevil.test%2F&ui_locales=fr");
        Assert.That(page.Body, Does.Not.Contain("evil.test"));
        var german = await browser.GetAsync(MenuLink(page, "de"));
        Assert.That((german.Status, german.Title, german.Uri.Query), Is.EqualTo((HttpStatusCode.BadRequest, "Diese App ist nicht richtig eingerichtet", page.Uri.Query)));
    }

    [Test]
    public async Task Another_site_cannot_choose_for_the_user()
    {
        using var browser = Browser();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Host.Issuer, "/login?set_language=de"));
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        var answer = await browser.SendAsync(request);
        Assert.That((answer.Location!.PathAndQuery, answer.Header("Set-Cookie")), Is.EqualTo(("/login", "")));
    }

    [Test]
    public async Task What_an_app_asks_for_holds_through_sign_in_and_consent_and_ends_with_it()
    {
        using var browser = Browser();
        using var client = Client();
        await browser.GetAsync("/login?set_language=es");
        var login = await browser.GetAsync(client.AuthorizationUrl(("ui_locales", "it fr-CA"), ("prompt", "consent")));
        Assert.That(login.Body, Does.Contain("lang=\"fr\""));
        var refused = await browser.SignInAsync(login, Given.Bob, "wrong");
        Assert.That(refused.Body, Does.Contain("Le nom d’utilisateur ou le mot de passe est incorrect."));
        var consent = await browser.SignInAsync(refused, Given.Bob);
        Assert.That(consent.Title, Is.EqualTo("App web souhaite"));
        Assert.That(consent.Body, Does.Contain("Voir votre adresse e-mail").And.Contain(">Autoriser<").And.Contain(">Refuser<"));

        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "consent")))).Title, Is.EqualTo("App web quiere"), "an app that asks for nothing leaves the choice of the menu");
    }

    [Test]
    public async Task Who_uses_the_menu_on_the_way_keeps_the_choice_until_the_end()
    {
        using var browser = Browser();
        using var client = Client();
        var login = await browser.GetAsync(client.AuthorizationUrl(("ui_locales", "de"), ("prompt", "consent")));
        var chosen = await browser.GetAsync(MenuLink(login, "zh-Hans"));
        Assert.That(chosen.Body, Does.Contain("lang=\"zh-Hans\""));
        Assert.That((await browser.SignInAsync(chosen, Given.Bob)).Body, Does.Contain(">允许<").And.Contain("查看您的电子邮件地址"));
    }

    [Test]
    public async Task A_pushed_request_says_its_language_too()
    {
        using var browser = Browser();
        using var client = Client();
        await browser.SignInAsync(await browser.GetAsync("/login"), Given.Bob);
        var pushed = await client.PushAsync(("ui_locales", "de"), ("prompt", "consent"));
        var consent = await browser.GetAsync(RelyingParty.Url("/connect/authorize", [new("client_id", Given.Web), new("request_uri", pushed["request_uri"]!)]));
        Assert.That((consent.Title, consent.Header("Content-Language")), Is.EqualTo(("App web möchte", "de")));
    }

    [Test]
    public async Task An_error_of_an_app_is_told_in_the_language_it_asks_for()
    {
        using var browser = Browser();
        var page = await browser.GetAsync("/connect/authorize?client_id=nobody&ui_locales=zh-CN&response_type=code");
        Assert.That((page.Status, page.Title), Is.EqualTo((HttpStatusCode.BadRequest, "此处不认识该应用")));
    }

    [TestCase("de", "Geben Sie Ihr Passwort ein."), TestCase("fr", "Saisissez votre mot de passe."), TestCase("es", "Escriba su contraseña."), TestCase("zh-Hans", "请输入您的密码。"), TestCase("en", "Enter your password.")]
    public async Task What_is_wrong_with_a_form_is_told_in_the_users_language(string tag, string expected)
    {
        using var browser = Browser();
        var page = await browser.SubmitAsync(await browser.GetAsync($"/login?set_language={tag}"), null, ("Username", "x"), ("Password", ""));
        Assert.That((page.Status, WebUtility.HtmlDecode(page.Body).Contains(expected, StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.BadRequest, true)));
    }

    [Test]
    public async Task A_mail_is_in_the_language_of_the_request_and_to_a_known_user_in_their_own()
    {
        using var browser = Browser();
        var form = await browser.GetAsync("/password/forgot?set_language=de");
        await browser.SubmitAsync(form, null, ("Username", Given.Bob));
        await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", Claire));
        var bob = await new Mailbox(Host).WaitAsync(Given.Bob, "Neues Passwort setzen");
        var claire = await new Mailbox(Host).WaitAsync(Claire, "Définissez un nouveau mot de passe");
        Assert.That(bob.HtmlBody, Does.Contain("lang=\"de\"").And.Contain("Der Link gilt einmal"));
        Assert.That(claire.TextBody, Does.Contain("valable une heure").Or.Contain("pendant une heure").And.Contain("/password/reset?token="));
    }

    [Test]
    public async Task The_language_of_an_account_holds_on_every_browser_in_mails_and_for_apps()
    {
        var (user, browser) = await SignedInAsync();
        using var here = browser;
        var profile = await GetAsync(browser, "/account", "de");
        Assert.That(profile.Title, Is.EqualTo("Ihr Konto"));
        Assert.That((await browser.SubmitAsync(profile, null, ("Locale", "fr"))).Title, Is.EqualTo("Votre compte"));

        using var other = Browser();
        await other.SignInAsync(await other.GetAsync("/login"), user);
        var there = await GetAsync(other, "/account", "de");
        Assert.That((there.Title, there.Header("Content-Language"), there.Body.Contains("<option value=\"fr\" lang=\"fr\" selected=\"selected\">", StringComparison.Ordinal)), Is.EqualTo(("Votre compte", "fr", true)));
        var refused = WebUtility.HtmlDecode((await other.SubmitAsync(there, null, ("GivenName", new string('x', 201)))).Body);
        Assert.That(refused, Does.Contain(Words.In(Language.Find("fr")!)["register.name_long"]), "what is wrong with a form, too");
        using var client = Client();
        Assert.That((await other.GetAsync(client.AuthorizationUrl(("ui_locales", "es"), ("prompt", "consent")))).Title, Is.EqualTo("App web quiere"), "what an app asks for comes first");
        var tokens = await client.SignInAsync(other, user, ("scope", "openid profile"));
        Assert.That((await client.UserInfoAsync(tokens["access_token"]))["locale"], Is.EqualTo("fr"));
        Assert.That((await other.GetAsync("/account?set_language=zh-Hans")).Header("Content-Language"), Is.EqualTo("zh-Hans"), "the menu holds for one browser");
        using var stranger = Browser();
        await stranger.SubmitAsync(await stranger.GetAsync("/password/forgot?set_language=de"), null, ("Username", user));
        await new Mailbox(Host).WaitAsync(user, "Définissez un nouveau mot de passe");

        await browser.SubmitAsync(await browser.GetAsync("/account"), null, ("Locale", ""));
        Assert.That((await GetAsync(browser, "/account", "es")).Title, Is.EqualTo("Su cuenta"), "as the browser asks");
        Assert.That((await client.UserInfoAsync(tokens["access_token"]))["locale"], Is.Null);
    }

    [Test]
    public async Task Who_saves_their_name_keeps_the_region_of_their_language()
    {
        using var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"), Claire);
        await browser.SubmitAsync(await browser.GetAsync("/account"), null, ("GivenName", "Clara"), ("Locale", "fr"));
        await Host.InScopeAsync(async services =>
        {
            var claire = (await services.GetRequiredService<UserDirectory>().FindByNameAsync(Claire))!;
            Assert.That((claire.GivenName, claire.Locale), Is.EqualTo(("Clara", "fr-CA")));
        });
    }

    [Test]
    public async Task Discovery_names_the_languages_and_protocol_answers_stay_English()
    {
        using var http = new HttpClient { BaseAddress = Host.Issuer };
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("de");
        var metadata = JsonNode.Parse(await http.GetStringAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)))!;
        Assert.That(metadata["ui_locales_supported"]!.AsArray().Select(tag => (string)tag!), Is.EqualTo(Language.All.Select(language => language.Tag)));
        using var form = new FormUrlEncodedContent([new("grant_type", "authorization_code")]);
        var refused = await http.PostAsync(new Uri("/connect/token", UriKind.Relative), form);
        Assert.That(refused.Content.Headers.ContentLanguage, Is.Empty);
        Assert.That((string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error_description"]!, Does.Match("^[ -~]+$"));
    }

    private static async Task<Page> GetAsync(UserAgent browser, string url, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept-Language", accept);
        return await browser.SendAsync(request);
    }

    private static string MenuLink(Page page, string tag) =>
        WebUtility.HtmlDecode(Regex.Match(page.Body, $"<a href=\"([^\"]*set_language={tag})\"").Groups[1].Value);
}
