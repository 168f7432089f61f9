using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.SignIn;

/// <summary>The session API of own web apps, on every database.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class SessionApiTests(Database database) : ProviderFixture(database)
{
    private const string App = "http://app.localhost:3000";

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["SignIn:SessionApi"] = "true", ["SignIn:SessionApiClient"] = Given.Trusted, ["SignIn:SessionApiOrigins:0"] = App };

    [Test]
    public async Task Signing_in_refreshing_and_signing_out()
    {
        using var browser = Browser();
        using var client = Client(Given.Trusted);
        var signedIn = await CallAsync(browser, "login", new { email = Given.Bob, password = Given.Password });
        Assert.That(signedIn.Status, Is.EqualTo(HttpStatusCode.OK), signedIn.Text);
        Assert.That((int)signedIn.Json!["expires_in"]!, Is.EqualTo(900));
        Assert.That(signedIn.Text, Does.Not.Contain("refresh"));
        Assert.That(signedIn.Cookie, Does.Contain("oidc-refresh=").And.Contain("httponly").IgnoreCase.And.Contain("samesite=strict").IgnoreCase);
        var access = (string)signedIn.Json["access_token"]!;
        Assert.That((await client.VerifyAsync(access, Host.IssuerValue)).IsValid, Is.True);
        Assert.That((await client.UserInfoAsync(access))["email"], Is.EqualTo(Given.Bob));

        var refreshed = await CallAsync(browser, "refresh", null);
        Assert.That(refreshed.Status, Is.EqualTo(HttpStatusCode.OK), refreshed.Text);
        var second = (string)refreshed.Json!["access_token"]!;

        Assert.That((await CallAsync(browser, "logout", null)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        foreach (var token in new[] { access, second })
        {
            Assert.That((await client.UserInfoAsync(token)).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "dead until it expires");
        }

        Assert.That((await CallAsync(browser, "refresh", null)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_stolen_refresh_cookie_ends_the_family_once_its_successor_was_used()
    {
        using var browser = Browser();
        using var client = Client(Given.Trusted);
        await CallAsync(browser, "login", new { email = Given.Bob, password = Given.Password });
        using var thief = Browser();
        var stolen = browser.Cookies.GetCookies(Host.Issuer)["oidc-refresh"]!;
        await CallAsync(browser, "refresh", null);
        var last = await CallAsync(browser, "refresh", null);
        thief.Cookies.Add(Host.Issuer, new Cookie(stolen.Name, stolen.Value));

        Assert.That((await CallAsync(thief, "refresh", null)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await CallAsync(browser, "refresh", null)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await client.UserInfoAsync((string?)last.Json!["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task The_second_factor_goes_on_where_the_password_left_off()
    {
        var user = $"u{Guid.NewGuid():N}@example.test";
        byte[] secret = [];
        await Host.InScopeAsync(async services =>
        {
            var added = await services.GetRequiredService<UserDirectory>().AddAsync(new UserDefinition { Email = user, Password = Given.Password, EmailVerified = true }, "test");
            var factors = services.GetRequiredService<SecondFactors>();
            secret = await factors.BeginAsync(added.Value.Id);
            await factors.ConfirmAsync(added.Value.Id, Totp.Code(secret, Totp.StepAt(Host.Time.GetUtcNow()) - 1));
        });
        using var browser = Browser();
        Assert.That((await CallAsync(browser, "login", new { email = user, password = Given.Password })).Error, Is.EqualTo("mfa_required"));
        Assert.That((await CallAsync(browser, "refresh", null)).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "half signed in opens nothing");
        Assert.That((await CallAsync(browser, "login", new { code = "000000" })).Error, Is.EqualTo("invalid_credentials"));
        var done = await CallAsync(browser, "login", new { code = Totp.Code(secret, Totp.StepAt(Host.Time.GetUtcNow())) });
        Assert.That(done.Status, Is.EqualTo(HttpStatusCode.OK), done.Text);
        Assert.That(new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken((string)done.Json!["access_token"]!).GetPayloadValue<string>("acr"), Is.EqualTo("aal2"));
    }

    [Test]
    public async Task Wrong_credentials_strange_origins_and_plain_forms_are_refused()
    {
        using var browser = Browser();
        Assert.That((await CallAsync(browser, "login", new { email = Given.Bob, password = "wrong" })).Error, Is.EqualTo("invalid_credentials"));
        Assert.That((await CallAsync(browser, "login", new { email = "nobody@example.test", password = "wrong" })).Error, Is.EqualTo("invalid_credentials"));
        Assert.That((await CallAsync(browser, "login", new { email = Given.Bob })).Error, Is.EqualTo("invalid_request"));
        Assert.That((await CallAsync(browser, "login", new { email = Given.Bob, password = Given.Password }, origin: "https://evil.example")).Error, Is.EqualTo("origin_not_allowed"));
        Assert.That((await CallAsync(browser, "login", new { email = Given.Bob, password = Given.Password }, origin: null)).Error, Is.EqualTo("origin_not_allowed"));
        Assert.That((await CallAsync(browser, "login", new { email = Given.Bob, password = Given.Password }, header: false)).Error, Is.EqualTo("header_missing"));
    }

    private sealed record Called(HttpStatusCode Status, JsonNode? Json, string Text, string Cookie)
    {
        public string? Error => (string?)Json?["error"];
    }

    private static async Task<Called> CallAsync(UserAgent browser, string path, object? body, string? origin = App, bool header = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/auth/{path}");
        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        if (header)
        {
            request.Headers.Add("X-Requested-With", "test");
        }

        var page = await browser.SendAsync(request);
        return new Called(page.Status, page.Body.StartsWith('{') ? JsonNode.Parse(page.Body) : null, page.Body, page.Header("Set-Cookie"));
    }
}
