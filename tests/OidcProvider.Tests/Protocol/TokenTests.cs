using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Clients;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Protocol;

/// <summary>The token endpoint and what its tokens are good for: RFC 6749 §3.2, §5, §6; RFC 7009; RFC 7662; OpenID Connect Core 1.0 §5.3.</summary>
public class TokenTests : ProviderFixture
{
    [Test]
    public async Task A_code_is_for_its_client_its_redirect_uri_and_its_verifier_only()
    {
        using var client = Client(Given.Trusted);
        using var thief = Client(Given.Web);
        using var browser = Browser();
        var code = (await client.AuthorizeAsync(browser)).Parameter("code")!;
        Assert.That((await thief.RedeemAsync(code, ("code_verifier", client.Verifier))).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.RedeemAsync(code, ("redirect_uri", "http://127.0.0.1:7101/other"))).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.RedeemAsync(code, ("code_verifier", new string('a', 43)))).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.RedeemAsync(code)).Status, Is.EqualTo(HttpStatusCode.OK), "what others tried must not use the code up");
    }

    [Test]
    public async Task A_code_is_good_for_a_minute()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var code = (await client.AuthorizeAsync(browser)).Parameter("code")!;
        Host.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.That((await client.RedeemAsync(code)).Error, Is.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task A_lost_answer_to_a_refresh_is_given_again()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();
        var lost = await client.RefreshAsync(tokens["refresh_token"]);
        Host.Time.Advance(TimeSpan.FromSeconds(29));
        var again = await client.RefreshAsync(tokens["refresh_token"]);
        Assert.That(again["refresh_token"], Is.EqualTo(lost["refresh_token"]));
        Assert.That(again["access_token"], Is.Not.EqualTo(lost["access_token"]));
    }

    [Test]
    public async Task After_the_grace_a_used_refresh_token_ends_the_family()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();
        var next = await client.RefreshAsync(tokens["refresh_token"]);
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.RefreshAsync(next["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task Another_client_can_neither_use_nor_end_a_refresh_token()
    {
        using var client = Client(Given.Trusted);
        using var thief = Client(Given.Web);
        var tokens = await client.SignInAsync();
        var next = await client.RefreshAsync(tokens["refresh_token"]);
        Assert.That((await thief.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await thief.RefreshAsync(next["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.RefreshAsync(next["refresh_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Scope_can_be_narrowed_and_not_widened()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync(changes: ("scope", "openid profile offline_access"));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"], ("scope", "openid email"))).Error, Is.EqualTo("invalid_scope"));
        var narrow = await client.RefreshAsync(tokens["refresh_token"], ("scope", "openid"));
        Assert.That(narrow.AccessToken.GetPayloadValue<string>("scope"), Is.EqualTo("openid"));
        var wide = await client.RefreshAsync(narrow["refresh_token"]);
        Assert.That(wide.AccessToken.GetPayloadValue<string>("scope").Split(' '), Is.EquivalentTo(new[] { "openid", "profile", "offline_access" }));
    }

    [Test]
    public async Task A_family_ends_thirty_days_after_the_sign_in_however_often_it_was_used()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();
        for (var day = 6; day < 30; day += 6)
        {
            Host.Time.Advance(TimeSpan.FromDays(6));
            tokens = await client.RefreshAsync(tokens["refresh_token"]);
            Assert.That(tokens.Status, Is.EqualTo(HttpStatusCode.OK), $"day {day}");
        }

        Host.Time.Advance(TimeSpan.FromDays(6) + TimeSpan.FromMinutes(1));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task Refresh_keeps_auth_time_and_session()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();
        Host.Time.Advance(TimeSpan.FromMinutes(20));
        var next = await client.RefreshAsync(tokens["refresh_token"]);
        foreach (var claim in new[] { "auth_time", "sid", "sub" })
        {
            Assert.That(next.IdToken.GetClaim(claim).Value, Is.EqualTo(tokens.IdToken.GetClaim(claim).Value), claim);
        }
    }

    [Test]
    public async Task A_disabled_user_loses_everything_at_once()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var tokens = await client.SignInAsync(browser, Given.Bob);
        var pending = (await client.AuthorizeAsync(browser, Given.Bob)).Parameter("code")!;
        await Host.InScopeAsync(async services => Assert.That((await services.DisableUserAsync(Given.Bob)).Succeeded, Is.True));
        try
        {
            Assert.That((await client.RedeemAsync(pending)).Error, Is.EqualTo("invalid_grant"));
            Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
            Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That((await client.IntrospectAsync(tokens["access_token"]))["active"], Is.EqualTo("false"));
            Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none")))).Parameter("error"), Is.EqualTo("login_required"));
            var login = await browser.SignInAsync(await browser.GetAsync("/login"), Given.Bob);
            Assert.That(login.Body, Does.Contain("The username or password is incorrect."));
        }
        finally
        {
            await Host.InScopeAsync(async services => await services.EnableUserAsync(Given.Bob));
        }
    }

    [Test]
    public async Task A_disabled_client_is_turned_away_everywhere()
    {
        using var client = Client(Given.Other, "https://rp2.test/cb");
        using var browser = Browser();
        var tokens = await client.SignInAsync(browser);
        await Host.InScopeAsync(async services => await services.GetRequiredService<ClientRegistry>().DisableAsync(Given.Other, "test"));
        try
        {
            Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_client"));
            Assert.That((await client.IntrospectAsync(tokens["access_token"])).Error, Is.EqualTo("invalid_client"));
            var page = await browser.GetOnceAsync(client.AuthorizationUrl());
            Assert.That((page.Status, page.Location), Is.EqualTo((HttpStatusCode.BadRequest, (Uri?)null)));
        }
        finally
        {
            await Host.InScopeAsync(async services => await services.GetRequiredService<ClientRegistry>().EnableAsync(Given.Other, "test"));
        }

        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Userinfo_answers_the_claims_of_the_scopes_with_their_types()
    {
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            var info = (await client.UserInfoAsync(tokens["access_token"], method)).Json!;
            Assert.Multiple(() =>
            {
                Assert.That(info["sub"]!.ToString(), Is.EqualTo(tokens.IdToken.Subject));
                Assert.That(info["email_verified"]!.GetValue<bool>(), Is.True);
                Assert.That(info["phone_number_verified"]!.GetValue<bool>(), Is.False);
                Assert.That(info["updated_at"]!.GetValue<long>(), Is.Positive);
                Assert.That(info["address"]!["locality"]!.ToString(), Is.EqualTo("Berlin"));
                Assert.That(info["roles"]!.AsArray().Select(role => role!.ToString()), Is.EqualTo(new[] { "admin" }));
                Assert.That(info["department"]!.ToString(), Is.EqualTo("R&D"));
                Assert.That(info["nickname"], Is.Null, "what the user does not have is left out");
            });
        }

        var few = await client.SignInAsync(changes: ("scope", "openid"));
        Assert.That((await client.UserInfoAsync(few["access_token"])).Json!.AsObject().Select(claim => claim.Key), Is.EqualTo(new[] { "sub" }));
    }

    [Test]
    public async Task Userinfo_refuses_what_is_no_users_access_token()
    {
        using var client = Client(Given.Trusted);
        using var worker = Client(Given.Worker);
        var tokens = await client.SignInAsync();
        var own = await worker.TokenAsync(("grant_type", "client_credentials"));
        foreach (var token in new[] { "x", tokens["id_token"], tokens["refresh_token"] })
        {
            var refused = await client.UserInfoAsync(token);
            Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(refused.Response.Headers.WwwAuthenticate.ToString(), Does.Contain("invalid_token"));
        }

        Assert.That((await client.UserInfoAsync(own["access_token"])).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Host.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "expired");
    }

    [Test]
    public async Task Introspection_shows_a_token_to_its_owner_and_its_audience_only()
    {
        using var client = Client(Given.Trusted);
        using var api = Client(Given.Api);
        using var other = Client(Given.Web);
        var tokens = await client.SignInAsync();
        foreach (var reader in new[] { client, api })
        {
            var seen = await reader.IntrospectAsync(tokens["access_token"]);
            Assert.That((seen["active"], seen["client_id"], seen["sub"], seen["iss"], seen["token_type"]),
                Is.EqualTo(("true", Given.Trusted, tokens.IdToken.Subject, Host.IssuerValue, "Bearer")));
            Assert.That(seen["scope"]!.Split(' '), Does.Contain("api"));
            Assert.That(seen["jti"], Is.EqualTo(tokens.AccessToken.Id));
            Assert.That(seen.Json!["roles"]!.AsArray(), Has.Count.EqualTo(1));
        }

        Assert.That((await other.IntrospectAsync(tokens["access_token"])).Json!.ToJsonString(), Is.EqualTo("""{"active":false}"""));
        Assert.That((await other.IntrospectAsync(tokens["refresh_token"]))["active"], Is.EqualTo("false"));
        Assert.That((await client.IntrospectAsync("nonsense"))["active"], Is.EqualTo("false"));
        Host.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.That((await api.IntrospectAsync(tokens["access_token"]))["active"], Is.EqualTo("false"));
    }

    [Test]
    public async Task Revocation_kills_an_access_token_alone_and_a_grant_with_its_refresh_token()
    {
        using var client = Client(Given.Trusted);
        using var other = Client(Given.Web);
        var tokens = await client.SignInAsync();
        Assert.That((await other.RevokeAsync(tokens["refresh_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.RevokeAsync("unknown")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.OK), "another client revokes nothing");

        await client.RevokeAsync(tokens["access_token"]);
        await client.RevokeAsync(tokens["access_token"]);
        Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        var next = await client.RefreshAsync(tokens["refresh_token"]);
        Assert.That(next.Status, Is.EqualTo(HttpStatusCode.OK));

        await client.RevokeAsync(next["refresh_token"]);
        Assert.That((await client.UserInfoAsync(next["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task The_client_must_prove_who_it_is_in_the_registered_way()
    {
        using var wrong = new RelyingParty(Host, Given.Worker, null, "not-the-secret");
        using var unknown = new RelyingParty(Host, "nobody", null, Given.Secret);
        using var without = new RelyingParty(Host, Given.Worker, null, null);
        using var spa = new RelyingParty(Host, Given.Spa, null, Given.Secret);
        using var posting = new RelyingParty(Host, Given.Posting, null, Given.Secret);
        foreach (var client in new[] { wrong, unknown, without, spa, posting })
        {
            var refused = await client.TokenAsync(("grant_type", "client_credentials"));
            Assert.That((refused.Status, refused.Error), Is.EqualTo((HttpStatusCode.Unauthorized, "invalid_client")));
            Assert.That(refused.Json!.ToJsonString(), Does.Not.Contain(Given.Secret));
        }

        Assert.That(Host.Log.Lines.Where(line => line.Contains(Given.Secret, StringComparison.Ordinal) || line.Contains("not-the-secret", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task A_client_uses_only_the_grants_and_scopes_it_is_registered_for()
    {
        using var worker = Client(Given.Worker);
        using var web = Client(Given.Web);
        Assert.That((await web.TokenAsync(("grant_type", "client_credentials"))).Error, Is.EqualTo("unauthorized_client"));
        Assert.That((await worker.TokenAsync(("grant_type", "password"), ("username", "a"), ("password", "b"))).Error, Is.EqualTo("unsupported_grant_type"));
        Assert.That((await worker.TokenAsync(("grant_type", "client_credentials"), ("scope", "api other"))).Error, Is.EqualTo("invalid_scope"));
        Assert.That((await worker.TokenAsync(("grant_type", null))).Error, Is.EqualTo("invalid_request"));
        Assert.That((await worker.DeviceAsync("api")).Error, Is.EqualTo("unauthorized_client"));
    }

    [Test]
    public async Task Restarting_the_server_invalidates_nothing()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var tokens = await client.SignInAsync(browser);
        var code = (await client.AuthorizeAsync(browser)).Parameter("code")!;

        await Host.RestartAsync();

        Assert.That((await client.RedeemAsync(code)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none")))).Parameter("code"), Is.Not.Null);
        Assert.That((await client.VerifyAsync(tokens["id_token"], Given.Trusted)).IsValid, Is.True);
    }
}
