using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OidcProvider.Cli;
using OidcProvider.Hosting;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Branding;

/// <summary>The service's own name, logo, colours and links, and those of the app that a page leads to.</summary>
public class BrandingTests : ProviderFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oidc-brand-").FullName;

    protected override IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            File.WriteAllText(Path.Combine(_folder, "logo.svg"), "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
            File.WriteAllText(Path.Combine(_folder, "own.css"), ".card { border-radius: 0 }");
            return new Dictionary<string, string>
            {
                ["Branding:Name"] = "Contoso & Co", ["Branding:Color"] = "#8a1c5d", ["Branding:LogoFile"] = Path.Combine(_folder, "logo.svg"), ["Branding:CssFile"] = Path.Combine(_folder, "own.css"),
                ["Branding:PrivacyUrl"] = "https://contoso.example/privacy", ["Branding:SupportUrl"] = "mailto:help@contoso.example", ["Branding:Footer"] = "Contoso, Main Street 1",
            };
        }
    }

    protected override JsonObject Bootstrap
    {
        get
        {
            var everything = Given.Everything();
            var web = everything["clients"]!.AsArray().First(client => (string)client!["client_id"]! == Given.Web)!;
            web["client_name#de"] = "Laden <b>";
            web["logo_uri"] = "https://shop.example/logo.png";
            web["policy_uri"] = "https://shop.example/privacy";
            web["policy_uri#de-DE"] = "https://shop.example/datenschutz";
            web["branding"] = new JsonObject { ["color"] = "#1a4fb4" };
            var api = everything["scopes"]!.AsArray()[0]!;
            api["display_name#de"] = "Das Beispiel-API nutzen";
            api["description#de"] = "Lesen und schreiben.";
            return everything;
        }
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Every_page_carries_name_logo_colours_links_and_footer()
    {
        using var browser = Browser();
        foreach (var url in new[] { "/login", "/nothing-here", "/" })
        {
            var body = (await browser.GetAsync(url)).Body;
            Assert.That(body, Does.Contain("Contoso &amp; Co</title>").And.Contain("<span>Contoso &amp; Co</span>").And.Contain("Contoso, Main Street 1").And.Contain("https://contoso.example/privacy").And.Contain("mailto:help@contoso.example"), url);
            Assert.That(body, Does.Not.Contain("OidcProvider"), url);
        }
    }

    [Test]
    public async Task What_the_pages_link_to_is_there_for_good_and_cannot_run()
    {
        using var browser = Browser();
        var body = (await browser.GetAsync("/login")).Body;
        var links = Regex.Matches(body, "(?:href|src)=\"(/branding/[^\"]*)\"").Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).Distinct().ToList();
        Assert.That(links.Select(link => link.Split('?')[0]), Is.EquivalentTo(new[] { "/branding/colors.css", "/branding/style.css", "/branding/logo" }));
        foreach (var link in links)
        {
            var file = await browser.GetAsync(link);
            Assert.That((file.Status, file.Header("Cache-Control")), Is.EqualTo((HttpStatusCode.OK, "public, max-age=31536000, immutable")), link);
            Assert.That(file.Header("Content-Security-Policy"), Does.StartWith("default-src 'none'"), "a picture opened by itself runs nothing");
            Assert.That(file.Header("X-Content-Type-Options"), Is.EqualTo("nosniff"));
        }

        var colors = (await browser.GetAsync(links.Single(link => link.Contains("colors", StringComparison.Ordinal)))).Body;
        Assert.That(colors, Does.StartWith(":root { --brand: #8a1c5d; --brand-ink: #ffffff;").And.Contain("@media (prefers-color-scheme: dark)"));
    }

    [TestCase("light=ffffff&lightText=fffffe&dark=74d3c6&darkText=04211d"), TestCase("light=0b5f58;}*{&lightText=ffffff&dark=74d3c6&darkText=04211d"), TestCase("")]
    public async Task Colours_that_no_page_would_have_are_not_served(string query)
    {
        using var browser = Browser();
        Assert.That((await browser.GetAsync($"/branding/colors.css?{query}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Sign_in_names_the_app_it_leads_to_in_the_users_language_and_wears_its_colours()
    {
        using var browser = Browser();
        using var client = Client();
        var login = await browser.GetAsync(client.AuthorizationUrl());
        Assert.That(login.Title, Is.EqualTo("Sign in to continue to App web"));
        Assert.That(login.Body, Does.Contain("light=1a4fb4").And.Contain("https://shop.example/logo.png").And.Contain("https://shop.example/privacy"));
        var german = await browser.GetAsync(client.AuthorizationUrl(("ui_locales", "de")));
        Assert.That(german.Title, Is.EqualTo("Anmelden und weiter zu Laden <b>"));
        Assert.That(german.Body, Does.Contain("Laden &lt;b&gt;").And.Not.Contain("Laden <b>"));

        using var another = Browser();
        var plain = await another.GetAsync("/login?returnUrl=%2Faccount");
        Assert.That((plain.Title, plain.Body.Contains("light=8a1c5d", StringComparison.Ordinal)), Is.EqualTo(("Sign in", true)));
    }

    [TestCase("https://evil.example/connect/authorize?client_id=web"), TestCase("//evil.example/connect/authorize?client_id=web"), TestCase("/account?client_id=web"), TestCase("/connect/authorize?client_id=nobody"), TestCase("/connect/authorize?client_id=web&client_id=other")]
    public async Task Only_an_authorization_request_of_ours_names_an_app(string returnUrl)
    {
        using var browser = Browser();
        Assert.That((await browser.GetAsync($"/login?returnUrl={Uri.EscapeDataString(returnUrl)}")).Title, Is.EqualTo("Sign in"));
    }

    [Test]
    public async Task Consent_is_asked_in_the_words_of_the_registration()
    {
        using var browser = Browser();
        using var client = Client();
        var consent = await browser.SignInAsync(await browser.GetAsync(client.AuthorizationUrl(("ui_locales", "de"), ("prompt", "consent"))), Given.Bob);
        Assert.That(consent.Title, Is.EqualTo("Laden <b> möchte"));
        Assert.That(consent.Body, Does.Contain("Das Beispiel-API nutzen").And.Contain("Lesen und schreiben.").And.Contain("https://shop.example/datenschutz").And.Contain("light=1a4fb4"));
    }

    [Test]
    public async Task Mails_carry_name_colour_and_footer()
    {
        using var browser = Browser();
        await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", Given.Alice));
        var mail = await new Mailbox(Host).WaitAsync(Given.Alice, "Set a new password");
        Assert.That(mail.HtmlBody, Does.Contain("background:#8a1c5d").And.Contain("Contoso &amp; Co").And.Contain("Main Street 1"));
        Assert.That(mail.TextBody, Does.Contain("Contoso & Co"));
    }

    [Test]
    public async Task Texts_in_further_languages_and_colours_survive_export_and_apply()
    {
        using var output = new StringWriter();
        await CommandLine.InvokeAsync(["export", .. Host.Arguments()], arguments => Program.Build(arguments), new CliConsole(output, TextWriter.Null, TextReader.Null, Interactive: false));
        var exported = JsonNode.Parse(output.ToString())!;
        var web = exported["clients"]!.AsArray().Single(client => (string)client!["client_id"]! == Given.Web)!;
        Assert.That(((string?)web["client_name#de"], (string?)web["branding"]!["color"], (string?)exported["scopes"]!.AsArray().Single(scope => (string)scope!["name"]! == "api")!["display_name#de"]), Is.EqualTo(("Laden <b>", "#1a4fb4", "Das Beispiel-API nutzen")));
    }

    [Test]
    public async Task What_cannot_be_read_stops_the_start_and_names_key_and_ratio()
    {
        await using var app = Program.Build(["--environment=Development", "--Issuer=http://localhost:5080", "--Branding:Color=#ffcc00", "--Branding:TextColor=#ffffff", "--Branding:LogoFile=none.svg", "--Branding:PrivacyUrl=javascript:alert(1)"]);
        Assert.That(StartupChecks.Run(app.Services), Is.SupersetOf(new[]
        {
            "Branding:Color: #ffcc00 for links on pages of #f3f5f4 has a contrast of 1.38:1; at least 4.5:1 is needed (WCAG 2.2, 1.4.3)",
            "Branding:LogoFile: there is no file 'none.svg'",
            "Branding:PrivacyUrl: 'javascript:alert(1)' is not an https address",
        }));
    }
}
