using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Cli;
using OidcProvider.Clients;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Protocol.Explain;

/// <summary>Broken requests over HTTP, each with the cause that an administrator must be told.</summary>
public class ExplainTests : ProviderFixture
{
    private BrokenRequests _broken = null!;
    private AdminApi _admin = null!;

    protected override JsonObject? Bootstrap => Given.Administration();

    // An explanation is asked for until it is there, by one and the same caller.
    protected override IReadOnlyDictionary<string, string>? Settings => new Dictionary<string, string> { ["Admin:ApiRequestsPerMinute"] = "100000" };

    [OneTimeSetUp]
    public async Task SignInAsync()
    {
        _broken = new(Host);
        await Host.InScopeAsync(async services =>
        {
            var registry = services.GetRequiredService<ClientRegistry>();
            await registry.RegisterAsync(new ClientDefinition { ClientId = "off", RedirectUris = [Given.Redirect] }, "test");
            await registry.DisableAsync("off", "test");
        });
        _admin = await AdminApi.SignInAsync(Host, Given.ClientAdmin, "openid admin.requests.read");
    }

    [OneTimeTearDown]
    public void SignOut() => _admin?.Dispose();

    private static TestCaseData Case(string cause, Func<BrokenRequests, Task<string>> send) => new TestCaseData(cause, send).SetArgDisplayNames(cause);

    private static IEnumerable<TestCaseData> Cases()
    {
        yield return Case("redirect_uri differs from registered #1 by a trailing slash", broken => broken.AuthorizeAsync(("redirect_uri", $"{Given.Redirect}/")));
        yield return Case("by its scheme (https instead of http)", broken => broken.AuthorizeAsync(("redirect_uri", "https://127.0.0.1:7101/cb")));
        yield return Case("by its port (7102 instead of 7101)", broken => broken.AuthorizeAsync(("redirect_uri", "http://127.0.0.1:7102/cb")));
        yield return Case("by its path ('/callback' instead of '/cb')", broken => broken.AuthorizeAsync(("redirect_uri", "http://127.0.0.1:7101/callback")));
        yield return Case("by the name of this machine (localhost instead of 127.0.0.1)", broken => broken.AuthorizeAsync(("redirect_uri", "http://localhost:7101/cb")));
        yield return Case("by a query that is not registered", broken => broken.AuthorizeAsync(("redirect_uri", $"{Given.Redirect}?tenant=1")));
        yield return Case("redirect_uri 'https://evil.test/x' is none of the 1 registered", broken => broken.AuthorizeAsync(("redirect_uri", "https://evil.test/x")));
        yield return Case("There is no client 'nobody' on this server", broken => broken.AuthorizeAsync(("client_id", "nobody")));
        yield return Case("The request names no client", broken => broken.AuthorizeAsync(("client_id", null)));
        yield return Case("The client off is disabled", broken => broken.AuthorizeAsync(("client_id", "off")));
        yield return Case("response_type 'token' is not offered", broken => broken.AuthorizeAsync(("response_type", "token")));
        yield return Case("response_mode 'pigeon' is not offered", broken => broken.AuthorizeAsync(("response_mode", "pigeon")));
        yield return Case("code_challenge is missing and the client must use PKCE", broken => broken.AuthorizeAsync(("code_challenge", null), ("code_challenge_method", null)));
        yield return Case("code_challenge_method is plain", broken => broken.AuthorizeAsync(("code_challenge_method", "plain")));
        yield return Case("code_challenge is in plain base64", broken => broken.AuthorizeAsync(("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM=")));
        yield return Case("There is no scope 'nonsense' on this server", broken => broken.AuthorizeAsync(("scope", "openid nonsense")));
        yield return Case("There is no scope 'API'; names are case-sensitive", broken => broken.AuthorizeAsync(("scope", "openid API")));
        yield return Case("The scopes are not separated by spaces", broken => broken.AuthorizeAsync(("scope", "openid,profile")));
        yield return Case("prompt=none, but the user is not signed in", broken => broken.AuthorizeAsync(("prompt", "none")));
        yield return Case("prompt=none is combined with another prompt", broken => broken.AuthorizeAsync(("prompt", "none login")));
        yield return Case("request object (parameter request)", broken => broken.AuthorizeAsync(("request", "e30.e30.")));
        yield return Case("The pushed request is unknown, has expired, was used already", broken => broken.PushedTwiceAsync());
        yield return Case("The parameter 'scope' was sent more than once", broken => broken.DoubledAsync());
        yield return Case("The secret is not one of this client's", broken => broken.TokenAsync(Given.Worker, "a-wrong-secret-of-this-test-suite-012345", ("grant_type", "client_credentials")));
        yield return Case("The secret has a space or line break at its beginning or end", broken => broken.TokenAsync(Given.Worker, $"{Given.Secret}\n", ("grant_type", "client_credentials")));
        yield return Case("There is no client 'stranger' on this server", broken => broken.TokenAsync("stranger", Given.Secret, ("grant_type", "client_credentials")));
        yield return Case("The client uses client_secret_post but is registered for client_secret_basic", broken => broken.FormAsync(("grant_type", "client_credentials"), ("client_id", Given.Worker), ("client_secret", Given.Secret)));
        yield return Case("The client uses client_secret_basic but is registered for client_secret_post", broken => broken.TokenAsync(Given.Posting, Given.Secret, ("grant_type", "refresh_token"), ("refresh_token", "x")));
        yield return Case("The client sent no secret but is registered for client_secret_basic", broken => broken.TokenAsync(Given.Worker, null, ("grant_type", "client_credentials")));
        yield return Case("registered as a public client (none)", broken => broken.TokenAsync(Given.Spa, Given.Secret, ("grant_type", "refresh_token"), ("refresh_token", "x")));
        yield return Case("grant_type is missing", broken => broken.TokenAsync(Given.Worker, Given.Secret));
        yield return Case("grant_type 'password' was removed from OAuth 2.1", broken => broken.TokenAsync(Given.Web, Given.Secret, ("grant_type", "password"), ("username", "a"), ("password", "b")));
        yield return Case("registered for client_credentials, not for refresh_token", broken => broken.TokenAsync(Given.Worker, Given.Secret, ("grant_type", "refresh_token"), ("refresh_token", "x")));
        yield return Case("code is missing", broken => broken.TokenAsync(Given.Web, Given.Secret, ("grant_type", "authorization_code"), ("redirect_uri", Given.Redirect)));
        yield return Case("The scope 'profile' exists but is not registered for this client", broken => broken.TokenAsync(Given.Worker, Given.Secret, ("grant_type", "client_credentials"), ("scope", "profile")));
        yield return Case("The authorization code has already been used", broken => broken.RedeemAsync(twice: true));
        yield return Case("The authorization code has expired", broken => broken.RedeemAsync(late: TimeSpan.FromMinutes(2)));
        yield return Case("The authorization code was issued to another client", broken => broken.RedeemAsync(by: Given.Trusted));
        yield return Case("The authorization code is none of this server's", broken => broken.RedeemAsync(changes: ("code", "nonsense")));
        yield return Case("redirect_uri is not the one that the code was sent to", broken => broken.RedeemAsync(changes: ("redirect_uri", "https://127.0.0.1:7101/cb")));
        yield return Case("code_verifier does not match the code_challenge", broken => broken.RedeemAsync(changes: ("code_verifier", new string('a', 43))));
        yield return Case("code_verifier is not 43 to 128 unreserved characters", broken => broken.RedeemAsync(changes: ("code_verifier", "short")));
        yield return Case("code_verifier is missing", broken => broken.RedeemAsync(changes: ("code_verifier", null)));
        yield return Case("The refresh token was replaced by a newer one and then used again", broken => broken.RefreshAsync(wider: false));
        yield return Case("The refresh asks for more than the user allowed", broken => broken.RefreshAsync(wider: true));
        yield return Case("not for the device flow", broken => broken.PostAsync("device", Given.Web, Given.Secret, ("scope", "openid")));
        yield return Case("The device code is none of this server's", broken => broken.TokenAsync(Given.Device, null, ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", "nonsense")));
        yield return Case("token is missing", broken => broken.PostAsync("introspect", Given.Api, Given.Secret));
        yield return Case("The token was issued to another client", broken => broken.RevokeOfAnotherAsync());
        yield return Case("by its host (rp2.test instead of 127.0.0.1)", broken => broken.PostAsync("par", Given.Web, Given.Secret, ("response_type", "code"), ("redirect_uri", "http://rp2.test:7101/cb"), ("scope", "openid"), ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ("code_challenge_method", "S256")));
        yield return Case("The request carries no access token", broken => broken.RawAsync(HttpMethod.Get, "/connect/userinfo"));
        yield return Case("not a JWT", broken => broken.UserInfoAsync("openid offline_access", "refresh_token"));
        yield return Case("The access token was not issued for the scope openid", broken => broken.UserInfoAsync("profile api", "access_token"));
        yield return Case("post_logout_redirect_uri differs from registered #1 by a trailing slash", broken => broken.LogoutAsync(("client_id", Given.Web), ("post_logout_redirect_uri", $"{Given.PostLogout}/")));
        yield return Case("The id_token_hint was issued to another client than client_id says", broken => broken.LogoutWithHintOfAnotherAsync());
        yield return Case("This endpoint takes POST requests", broken => broken.RawAsync(HttpMethod.Get, "/connect/token"));
        yield return Case("must be sent as application/x-www-form-urlencoded", broken => broken.RawAsync(HttpMethod.Post, "/connect/token", BrokenRequests.Json));
    }

    [TestCaseSource(nameof(Cases))]
    public async Task A_broken_request_is_explained(string cause, object send)
    {
        var explained = await ExplainAsync(await ((Func<BrokenRequests, Task<string>>)send)(_broken));
        Assert.That((string)explained["explanation"]!["cause"]!, Does.Contain(cause), explained.ToString());
        Assert.That((string?)explained["explanation"]!["fix"], Is.Not.Empty);
        var checks = explained["explanation"]!["checks"]!.AsArray();
        Assert.That(checks.Count(check => (string?)check!["outcome"] == "failed"), Is.EqualTo(1), explained.ToString());
        Assert.That(explained.ToJsonString(), Does.Not.Contain(Given.Secret).And.Not.Contain("a-wrong-secret"));
    }

    [Test]
    public async Task The_user_sees_the_reference_and_not_the_cause()
    {
        using var client = Client();
        using var browser = Browser();
        var page = await browser.GetOnceAsync(client.AuthorizationUrl(("redirect_uri", "https://evil.test/x")));
        var id = page.Header("X-Request-Id");
        Assert.That(page.Body, Does.Contain($"<span data-reference>{id}</span>").And.Not.Contain(Given.Redirect).And.Not.Contain("none of the"));
        await ExplainAsync(id);
    }

    [Test]
    public async Task The_command_line_explains_it_too_and_says_when_there_is_nothing()
    {
        var id = await _broken.AuthorizeAsync(("response_type", "token"));
        await ExplainAsync(id);
        var (code, text) = await RunAsync("explain", id);
        Assert.That((code, text.Contains("Cause: response_type 'token' is not offered", StringComparison.Ordinal)), Is.EqualTo((0, true)), text);
        (code, text) = await RunAsync("explain", id, "--json");
        Assert.That((code, (string?)JsonNode.Parse(text)!["explanation"]!["parameters"]!["response_type"]), Is.EqualTo((0, "token")));
        Assert.That((await RunAsync("explain", "00000000000000000000")).Code, Is.EqualTo(1));
    }

    [Test]
    public async Task The_list_is_filtered_and_paged_and_only_for_those_who_may()
    {
        for (var round = 0; round < 3; round++)
        {
            await ExplainAsync(await _broken.TokenAsync(Given.Legacy, Given.Secret, ("grant_type", "password")));
        }

        var first = (await _admin.GetAsync($"requests?client_id={Given.Legacy}&limit=2")).Body!;
        var second = (await _admin.GetAsync($"requests?client_id={Given.Legacy}&limit=2&cursor={first["next_cursor"]}")).Body!;
        Assert.That((first["items"]!.AsArray().Count, second["items"]!.AsArray().Count, second["next_cursor"]), Is.EqualTo((2, 1, (JsonNode?)null)));
        Assert.That(second["items"]![0]!["id"]!.ToString(), Is.Not.AnyOf(first["items"]!.AsArray().Select(item => item!["id"]!.ToString()).ToArray()));
        using var userAdmin = await AdminApi.SignInAsync(Host, Given.UserAdmin, "openid admin.requests.read");
        Assert.That((await userAdmin.GetAsync("requests")).Status, Is.EqualTo(403));
    }

    private async Task<JsonNode> ExplainAsync(string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        do
        {
            var answer = await _admin.GetAsync($"requests/{id}");
            if (answer is { Status: 200, Body: { } body })
            {
                return body;
            }

            Assert.That(answer.Status, Is.EqualTo(404), "not yet");
        }
        while (await timer.WaitForNextTickAsync(limit.Token));
        throw new InvalidOperationException($"Request {id} was not explained.");
    }

    private async Task<(int Code, string Text)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var code = await CommandLine.InvokeAsync([.. arguments, .. Host.Arguments()], all => Program.Build(all), new CliConsole(output, error, TextReader.Null, Interactive: false));
        return (code, output.ToString());
    }
}
