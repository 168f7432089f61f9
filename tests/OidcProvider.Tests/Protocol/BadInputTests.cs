using System.Net;
using System.Text;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Protocol;

/// <summary>What is malformed is refused with the RFC's words, quickly, without a trace of the inside (attacks J01, J03, F01).</summary>
public class BadInputTests : ProviderFixture
{
    private static readonly string[] Machines = ["/connect/token", "/connect/introspect", "/connect/revoke", "/connect/par", "/connect/device"];

    [TestCaseSource(nameof(Machines))]
    public async Task Machine_endpoints_take_post_only(string path)
    {
        using var client = Client();
        var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
        Assert.That((answer.Status, answer.Error), Is.EqualTo((HttpStatusCode.MethodNotAllowed, "invalid_request")));
        Assert.That(answer.Response.Content.Headers.Allow, Is.EqualTo(new[] { "POST" }));
    }

    [TestCase("/connect/token/"), TestCase("/Connect/Token"), TestCase("/connect/introspect/")]
    public async Task Another_spelling_of_the_path_passes_the_same_checks(string path)
    {
        using var client = Client();
        var answer = await Form(client, path, "client_id=web&client_id=other&grant_type=client_credentials&token=x");
        Assert.That((answer.Status, answer.Error), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_request")));
        Assert.That((await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path))).Status, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That((await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, path.Insert("/connect".Length, "/")) { Content = new FormUrlEncodedContent([]) })).Status, Is.EqualTo(HttpStatusCode.NotFound), "two slashes are another path");
    }

    [TestCase("/login", "Username=a%00b"), TestCase("/connect/authorize", "client_id=a%00b")]
    public async Task A_form_that_cannot_be_read_is_refused_and_not_lost(string path, string form)
    {
        using var client = Client();
        var answer = await Form(client, path, form);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await answer.Response.Content.ReadAsStringAsync(), Does.Contain("<h1"));
    }

    [TestCaseSource(nameof(Machines))]
    public async Task A_parameter_twice_is_refused(string path)
    {
        using var client = Client();
        var answer = await Form(client, path, "client_id=web&client_id=other&grant_type=client_credentials&token=x");
        Assert.That((answer.Status, answer.Error), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_request")));
        Assert.That(answer["error_description"], Does.Contain("client_id"));
    }

    [TestCaseSource(nameof(Machines))]
    public async Task Parameters_in_the_query_are_refused(string path)
    {
        using var client = Client();
        var answer = await Form(client, $"{path}?client_id=web", "grant_type=client_credentials&token=x");
        Assert.That((answer.Status, answer.Error), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_request")));
    }

    [TestCaseSource(nameof(Machines))]
    public async Task Another_content_type_is_refused(string path)
    {
        using var client = Client();
        var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{}", Encoding.UTF8, "application/json") });
        Assert.That((answer.Status, answer.Error), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_request")));
    }

    [TestCaseSource(nameof(Machines))]
    public async Task An_oversized_body_is_refused(string path)
    {
        using var client = Client();
        var answer = await Form(client, path, $"token={new string('a', 300_000)}");
        Assert.That((int)answer.Status, Is.EqualTo(413).Or.EqualTo(400));
        Assert.That(answer.Error, Is.EqualTo("invalid_request"));
    }

    [Test]
    public async Task A_huge_form_and_a_huge_value_are_refused()
    {
        using var client = Client();
        var many = string.Join('&', Enumerable.Range(0, 5000).Select(number => $"p{number}=x"));
        foreach (var body in new[] { many, $"state={new string('a', 9000)}", "a=%00" })
        {
            var answer = await Form(client, "/connect/token", body);
            Assert.That((answer.Status, answer.Error), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_request")));
        }
    }

    [Test]
    public async Task A_duplicate_at_the_authorization_endpoint_is_a_page()
    {
        using var client = Client();
        using var browser = Browser();
        var page = await browser.GetOnceAsync($"{client.AuthorizationUrl()}&state=second");
        Assert.That((page.Status, page.Location), Is.EqualTo((HttpStatusCode.BadRequest, (Uri?)null)));
        Assert.That(page.Title, Is.EqualTo("This request cannot be processed"));
    }

    [TestCase("<script>alert(1)</script>"), TestCase("\"><img src=x onerror=alert(1)>"), TestCase("‮evil"), TestCase("' or 1=1 --")]
    public async Task What_is_sent_comes_back_encoded_or_not_at_all(string payload)
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var login = await browser.GetAsync(client.AuthorizationUrl(("state", payload), ("login_hint", payload), ("ui_locales", payload)));
        Assert.That(login.Body.Contains(payload, StringComparison.Ordinal), Is.False);
        var answered = await browser.SignInAsync(login);
        Assert.That(answered.Parameter("state"), Is.EqualTo(payload), "state comes back as it was");
        var form = await browser.GetAsync(client.AuthorizationUrl(("state", payload), ("response_mode", "form_post")));
        Assert.That(form.Body.Replace(payload, "", StringComparison.Ordinal), Is.EqualTo(form.Body));
        Assert.That(UserAgent.Form(form).Fields.Single(field => field.Key == "state").Value, Is.EqualTo(payload));
    }

    [Test]
    public async Task A_host_header_steers_nothing()
    {
        using var client = Client();
        foreach (var path in new[] { "/.well-known/openid-configuration", client.AuthorizationUrl(), "/", "/connect/authorize?client_id=x" })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = "evil.example";
            request.Headers.Add("X-Forwarded-Host", "evil.example");
            var answer = await client.SendAsync(request);
            Assert.That(await answer.Response.Content.ReadAsStringAsync(), Does.Not.Contain("evil.example"));
            Assert.That(answer.Response.Headers.Location?.ToString() ?? "", Does.Not.Contain("evil.example"));
        }
    }

    [Test]
    public async Task A_token_in_the_query_of_userinfo_is_refused()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();
        var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/connect/userinfo?access_token={tokens["access_token"]}"));
        Assert.That((answer.Status, answer.Error), Is.EqualTo((HttpStatusCode.BadRequest, "invalid_request")));
    }

    [Test]
    public async Task No_answer_shows_the_inside()
    {
        using var client = Client();
        using var browser = Browser();
        foreach (var path in new[] { "/nope", "/login?returnUrl=//evil", "/device?user_code=%F0%9F%98%80", "/connect/authorize", "/connect/logout?id_token_hint=x", "/error/500", "/.env", "/appsettings.json" })
        {
            var page = await browser.GetAsync(path);
            Assert.That(page.Body, Does.Not.Contain("   at ").And.Not.Contain("Exception").And.Not.Contain("OpenIddict").And.Not.Contain("Microsoft."), path);
            Assert.That((page.Header("X-Content-Type-Options"), page.Header("Referrer-Policy"), page.Header("Server")), Is.EqualTo(("nosniff", "no-referrer", "")), path);
            Assert.That(page.Header("Content-Security-Policy"), Does.Contain("frame-ancestors 'none'").And.Not.Contain("unsafe"), path);
            Assert.That(page.Header("Cache-Control"), Does.Contain("no-store"), path);
        }
    }

    private static Task<Answer> Form(RelyingParty client, string path, string body) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded") });
}
