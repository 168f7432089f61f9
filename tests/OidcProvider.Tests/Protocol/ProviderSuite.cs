using System.Net;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Protocol;

/// <summary>What must hold on every database: each flow from end to end, and what makes tokens die.</summary>
[TestFixtureSource(nameof(Databases)), Category("Provider")]
public class ProviderSuite(Database database) : ProviderFixture(database)
{
    public static IEnumerable<Database> Databases => TestDatabase.SqlServer is null ? [Database.Sqlite, Database.PostgreSql] : [Database.Sqlite, Database.PostgreSql, Database.SqlServer];

    [Test]
    public async Task A_code_becomes_tokens_that_say_who_signed_in_and_how()
    {
        using var client = Client();
        var tokens = await client.SignInAsync();

        Assert.That(tokens.Status, Is.EqualTo(HttpStatusCode.OK), tokens.Json?.ToString());
        Assert.That(tokens.Json!["expires_in"]!.GetValue<int>(), Is.EqualTo(900));
        Assert.That((await client.VerifyAsync(tokens["id_token"], Given.Web)).IsValid, Is.True);
        Assert.That((await client.VerifyAsync(tokens["access_token"], Given.Api)).IsValid, Is.True);
        var (id, access) = (tokens.IdToken, tokens.AccessToken);
        Assert.Multiple(() =>
        {
            Assert.That(access.Typ, Is.EqualTo("at+jwt"));
            Assert.That(access.Alg, Is.EqualTo("RS256"));
            Assert.That(access.GetPayloadValue<string>("client_id"), Is.EqualTo(Given.Web));
            Assert.That(access.GetPayloadValue<string>("email"), Is.EqualTo(Given.Alice));
            Assert.That(access.GetPayloadValue<string[]>("roles"), Is.EqualTo(new[] { "admin" }));
            Assert.That(access.GetPayloadValue<string>("department"), Is.EqualTo("R&D"));
            Assert.That(access.GetPayloadValue<string>("scope").Split(' '), Is.EquivalentTo(RelyingParty.AllScopes.Split(' ')));
            Assert.That(id.Subject, Is.EqualTo(access.Subject));
            Assert.That(id.GetPayloadValue<string>("nonce"), Is.EqualTo(client.Nonce));
            Assert.That(id.GetPayloadValue<string[]>("amr"), Is.EqualTo(new[] { "pwd" }));
            Assert.That(id.GetPayloadValue<long>("auth_time"), Is.EqualTo(Host.Time.GetUtcNow().ToUnixTimeSeconds()).Within(5));
            Assert.That(id.GetPayloadValue<string>("sid"), Is.EqualTo(access.GetPayloadValue<string>("sid")));
            Assert.That(id.GetPayloadValue<string>("at_hash"), Is.EqualTo(AtHash(tokens["access_token"]!)));
            Assert.That(id.Claims.Concat(access.Claims).Where(claim => claim.Type.StartsWith("oi_", StringComparison.Ordinal)), Is.Empty);
        });
    }

    [Test]
    public async Task A_code_cannot_be_redeemed_twice_and_takes_what_came_of_it_along()
    {
        using var client = Client();
        using var browser = Browser();
        var code = (await client.AuthorizeAsync(browser)).Parameter("code")!;
        var first = await client.RedeemAsync(code);
        Assert.That((await client.UserInfoAsync(first["access_token"])).Status, Is.EqualTo(HttpStatusCode.OK));

        var second = await client.RedeemAsync(code);

        Assert.That((second.Status, second.Error), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_grant")));
        Assert.That((await client.UserInfoAsync(first["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await client.RefreshAsync(first["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.IntrospectAsync(first["access_token"]))["active"], Is.EqualTo("false"));
    }

    [Test]
    public async Task Of_many_parallel_redemptions_of_a_code_one_wins_and_none_fails_badly()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var code = (await client.AuthorizeAsync(browser)).Parameter("code")!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.RedeemAsync(code)));

        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.LessThanOrEqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != HttpStatusCode.OK).Select(answer => answer.Error), Is.All.EqualTo("invalid_grant"));
        // The race showed that two hold the code: whatever was issued is dead, however the race went.
        foreach (var winner in answers.Where(answer => answer.Status == HttpStatusCode.OK))
        {
            Assert.That((await client.RefreshAsync(winner["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
            Assert.That((await client.UserInfoAsync(winner["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        }
    }

    [Test]
    public async Task Parallel_refreshes_log_nobody_out_and_leave_one_branch()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.RefreshAsync(tokens["refresh_token"])));

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.OK), string.Join('\n', answers.Select(answer => answer.Json?.ToString())));
        Assert.That(answers.Select(answer => answer["refresh_token"]).Distinct().Count(), Is.EqualTo(1));
        Assert.That((await client.RefreshAsync(answers[0]["refresh_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_used_refresh_token_ends_the_family_once_its_successor_was_used()
    {
        using var client = Client();
        var tokens = await client.SignInAsync();
        var second = await client.RefreshAsync(tokens["refresh_token"]);
        var third = await client.RefreshAsync(second["refresh_token"]);
        Assert.That(third.Status, Is.EqualTo(HttpStatusCode.OK));

        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_grant"));

        Assert.That((await client.RefreshAsync(third["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.UserInfoAsync(third["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_device_gets_its_tokens_when_the_user_allowed_it()
    {
        using var device = Client(Given.Device);
        using var browser = Browser();
        var started = await device.DeviceAsync();
        Assert.That((started["interval"], started["expires_in"]), Is.EqualTo(("5", "600")));
        Assert.That((await device.PollAsync(started["device_code"])).Error, Is.EqualTo("authorization_pending"));

        var page = await browser.SignInAsync(await browser.GetAsync(started["verification_uri_complete"]!));
        Assert.That(page.Title, Does.Contain($"App {Given.Device}"));
        page = await browser.SubmitAsync(page, "allow");
        Assert.That(page.Title, Is.EqualTo("Device connected"));

        Host.Time.Advance(TimeSpan.FromSeconds(11));
        var tokens = await device.PollAsync(started["device_code"]);
        Assert.That(tokens.Status, Is.EqualTo(HttpStatusCode.OK), tokens.Json?.ToString());
        Assert.That((await device.UserInfoAsync(tokens["access_token"]))["name"], Is.EqualTo("Alice Archer"));
        Assert.That((await device.RefreshAsync(tokens["refresh_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_pushed_request_is_answered_once()
    {
        using var client = Client();
        using var browser = Browser();
        var pushed = await client.PushAsync();
        Assert.That((pushed.Status, pushed["expires_in"]), Is.EqualTo((HttpStatusCode.Created, "90")));
        var url = RelyingParty.Url("/connect/authorize", [new("client_id", Given.Web), new("request_uri", pushed["request_uri"]!)]);

        // Looking at it, and reloading the page, uses nothing up.
        await browser.GetAsync(url);
        var page = await browser.SignInAsync(await browser.GetAsync(url));
        page = page.Location is null ? await browser.SubmitAsync(page, "allow") : page;
        Assert.That(page.Parameter("state"), Is.EqualTo(client.State));
        Assert.That((await client.RedeemAsync(page.Parameter("code")!)).Status, Is.EqualTo(HttpStatusCode.OK));

        var again = await browser.GetAsync(url);
        Assert.That((again.Status, again.Location), Is.EqualTo((HttpStatusCode.BadRequest, (Uri?)null)));
    }

    [Test]
    public async Task A_service_gets_a_token_for_itself_without_a_refresh_token()
    {
        using var worker = Client(Given.Worker);
        var answer = await worker.TokenAsync(("grant_type", "client_credentials"), ("scope", "api"));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Json?.ToString());
        Assert.That(answer["refresh_token"], Is.Null);
        Assert.That(answer.AccessToken.Subject, Is.EqualTo(Given.Worker));
        Assert.That(answer.AccessToken.Audiences, Is.EqualTo(new[] { Given.Api }));
    }

    [Test]
    public async Task Sign_out_ends_the_session_and_what_hangs_on_it()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var online = await client.SignInAsync(browser, changes: ("scope", "openid profile"));
        var pending = (await client.AuthorizeAsync(browser)).Parameter("code")!;
        var url = RelyingParty.Url("/connect/logout", [new("id_token_hint", online["id_token"]!), new("post_logout_redirect_uri", Given.PostLogout), new("state", "bye")]);

        var confirm = await browser.GetAsync(url);
        Assert.That(confirm.Title, Is.EqualTo("Sign out?"));
        Assert.That((await client.UserInfoAsync(online["access_token"])).Status, Is.EqualTo(HttpStatusCode.OK), "the link alone changes nothing");
        var done = await browser.SubmitAsync(confirm, "sign-out");

        Assert.That(done.Location?.AbsoluteUri, Is.EqualTo($"{Given.PostLogout}?state=bye"));
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none")))).Parameter("error"), Is.EqualTo("login_required"));
        Assert.That((await client.UserInfoAsync(online["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await client.RedeemAsync(pending)).Error, Is.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task Offline_access_outlives_sign_out_and_dies_by_revocation()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var tokens = await client.SignInAsync(browser);
        await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out");
        var refreshed = await client.RefreshAsync(tokens["refresh_token"]);
        Assert.That(refreshed.Status, Is.EqualTo(HttpStatusCode.OK));

        Assert.That((await client.RevokeAsync(refreshed["refresh_token"])).Status, Is.EqualTo(HttpStatusCode.OK));

        Assert.That((await client.RefreshAsync(refreshed["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.IntrospectAsync(refreshed["access_token"]))["active"], Is.EqualTo("false"));
    }

    private static string AtHash(string accessToken) =>
        Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(accessToken))[..16]);
}
