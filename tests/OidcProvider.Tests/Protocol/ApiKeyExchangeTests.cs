using System.Net;
using OidcProvider.TestKit;
using OidcProvider.Tests.ApiKeys;

namespace OidcProvider.Tests.Protocol;

/// <summary>API keys at the token endpoint (RFC 8693), at introspection (RFC 7662) and at revocation (RFC 7009).</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql)]
public class ApiKeyExchangeTests(Database database) : ApiKeyFixture(database)
{
    [Test]
    public async Task A_key_is_exchanged_for_a_short_access_token()
    {
        var made = await KeyAsync(scope: "api billing");
        var answer = await ExchangeAsync(made.Key);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Json?.ToJsonString());
        Assert.That((answer["issued_token_type"], answer["token_type"], answer["expires_in"], answer["refresh_token"], answer["id_token"]),
            Is.EqualTo(("urn:ietf:params:oauth:token-type:access_token", "Bearer", "300", (string?)null, (string?)null)));
        var token = answer.AccessToken;
        Assert.That((token.Typ, token.Subject, token.GetClaim("client_id").Value), Is.EqualTo(("at+jwt", made.View.UserId.ToString(), Gateway)));
        Assert.That(token.Audiences, Is.EquivalentTo(new[] { Given.Api, Billing }));
        Assert.That(token.Claims.Select(claim => claim.Type), Has.None.StartsWith("oi_").And.None.EqualTo("auth_time"));
        using var client = Client();
        Assert.That((await client.VerifyAsync(answer["access_token"], Given.Api)).IsValid, Is.True);
        using var resource = Client(Given.Api, redirect: null);
        Assert.That((await resource.IntrospectAsync(answer["access_token"]))["active"], Is.EqualTo("true"));
    }

    [Test]
    public async Task Scope_and_resource_narrow_and_never_widen()
    {
        var made = await KeyAsync(scope: "api billing");
        var narrow = await ExchangeAsync(made.Key, ("scope", "billing"));
        Assert.That((narrow["scope"] ?? "billing", narrow.AccessToken.Audiences.Single()), Is.EqualTo(("billing", Billing)));
        var aimed = await ExchangeAsync(made.Key, ("resource", Given.Api));
        Assert.That((aimed.AccessToken.Audiences.Single(), aimed.AccessToken.GetClaim("scope").Value), Is.EqualTo((Given.Api, "api")));
        Assert.That((await ExchangeAsync(made.Key, ("audience", Billing))).AccessToken.Audiences.Single(), Is.EqualTo(Billing));
        Assert.That((await ExchangeAsync(made.Key, ("resource", "https://elsewhere.example"))).Error, Is.EqualTo("invalid_target"));
        Assert.That((await ExchangeAsync(made.Key, ("scope", "api"), ("resource", Billing))).Error, Is.EqualTo("invalid_target"));
        Assert.That((await ExchangeAsync(made.Key, ("scope", "api profile"))).Error, Is.EqualTo("invalid_scope"));
        var only = await KeyAsync(scope: "api");
        Assert.That((await ExchangeAsync(only.Key, ("scope", "billing"))).Error, Is.EqualTo("invalid_scope"));
    }

    [Test]
    public async Task What_administers_is_not_exchanged()
    {
        var made = await KeyAsync(Given.Alice, "admin.users.read");
        Assert.That((await ExchangeAsync(made.Key)).Error, Is.EqualTo("invalid_scope"));
        Assert.That((await ExchangeAsync(made.Key, ("scope", "admin.users.read"))).Error, Is.EqualTo("invalid_scope"));
    }

    [Test]
    public async Task Wrong_types_keys_and_clients_are_refused()
    {
        var made = await KeyAsync();
        using var gateway = Client(Gateway, redirect: null);
        using var web = Client();
        (string, string?)[] asked = [("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", made.Key), ("subject_token_type", "urn:oidcprovider:params:oauth:token-type:api_key")];
        Assert.That((await web.TokenAsync(asked)).Error, Is.EqualTo("unauthorized_client"));
        Assert.That((await gateway.TokenAsync([.. asked[..2], ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token")])).Error, Is.EqualTo("invalid_request"));
        Assert.That((await gateway.TokenAsync(asked[..2])).Error, Is.EqualTo("invalid_request"));
        Assert.That((await ExchangeAsync(made.Key, ("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"))).Error, Is.EqualTo("invalid_request"));
        Assert.That((await ExchangeAsync(made.Key, ("actor_token", "x"), ("actor_token_type", "urn:ietf:params:oauth:token-type:access_token"))).Error, Is.EqualTo("invalid_request"));
        Assert.That((await ExchangeAsync("not-a-key")).Error, Is.EqualTo("invalid_request"));
        Assert.That((await ExchangeAsync((await web.SignInAsync())["access_token"]!)).Error, Is.EqualTo("invalid_request"));
        using var impostor = new RelyingParty(Host, Gateway, null, "another-secret-of-this-test-suite-01234");
        Assert.That((await impostor.TokenAsync(asked)).Error, Is.EqualTo("invalid_client"));
    }

    [Test]
    public async Task An_access_token_dies_with_the_key_it_was_exchanged_for()
    {
        var made = await KeyAsync();
        var token = (await ExchangeAsync(made.Key))["access_token"];
        using var resource = Client(Given.Api, redirect: null);
        Assert.That((await resource.IntrospectAsync(token))["active"], Is.EqualTo("true"));
        await RevokeAsync(made.View.Id);
        Assert.That((await resource.IntrospectAsync(token))["active"], Is.EqualTo("false"));
        Assert.That((await ExchangeAsync(made.Key)).Error, Is.EqualTo("invalid_request"));
    }

    [Test]
    public async Task An_access_token_of_a_key_sleeps_while_its_user_is_barred()
    {
        var made = await KeyAsync(Given.ClientAdmin);
        var token = (await ExchangeAsync(made.Key))["access_token"];
        using var resource = Client(Given.Api, redirect: null);
        await Host.InScopeAsync(services => services.DisableUserAsync(Given.ClientAdmin));
        Assert.That((await resource.IntrospectAsync(token))["active"], Is.EqualTo("false"));
        Assert.That((await resource.IntrospectAsync(made.Key))["active"], Is.EqualTo("false"));
        Assert.That((await ExchangeAsync(made.Key)).Error, Is.EqualTo("invalid_request"));
        await Host.InScopeAsync(services => services.EnableUserAsync(Given.ClientAdmin));
    }

    [Test]
    public async Task The_token_never_outlives_the_key()
    {
        var made = await KeyAsync(expires: Host.Time.GetUtcNow().UtcDateTime.AddSeconds(100));
        Assert.That(int.Parse((await ExchangeAsync(made.Key))["expires_in"]!, System.Globalization.CultureInfo.InvariantCulture), Is.LessThanOrEqualTo(100));
    }

    [Test]
    public async Task A_resource_server_may_ask_about_a_key_that_is_meant_for_it_and_no_other()
    {
        var made = await KeyAsync(scope: "api");
        using var resource = Client(Given.Api, redirect: null);
        var told = await resource.IntrospectAsync(made.Key);
        Assert.That((told["active"], told["sub"], told["scope"], told["aud"]), Is.EqualTo(("true", made.View.UserId.ToString(), "api", Given.Api)));
        Assert.That(told.Json!.ToJsonString(), Does.Not.Contain(made.Key));
        foreach (var id in new[] { Billing, Given.Web, Gateway })
        {
            using var other = Client(id, redirect: null);
            Assert.That((await other.IntrospectAsync(made.Key)).Json!.ToJsonString(), Is.EqualTo("""{"active":false}"""), id);
        }

        Assert.That((await resource.IntrospectAsync(made.Key[..^1]))["active"], Is.EqualTo("false"));
    }

    [Test]
    public async Task Who_finds_a_key_ends_it_by_presenting_it()
    {
        var made = await KeyAsync();
        using var web = Client();
        Assert.That((await web.RevokeAsync(made.Key[..^1])).Status, Is.EqualTo(HttpStatusCode.OK), "an unknown token is no fault (RFC 7009 §2.2)");
        Assert.That((await ExchangeAsync(made.Key)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await web.RevokeAsync(made.Key)).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await ExchangeAsync(made.Key)).Error, Is.EqualTo("invalid_request"));
        Assert.That((await web.RevokeAsync(made.Key)).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_key_is_no_access_token_elsewhere()
    {
        var made = await KeyAsync();
        using var web = Client();
        Assert.That((await web.UserInfoAsync(made.Key)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await web.RefreshAsync(made.Key)).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await web.TokenAsync(("grant_type", "client_credentials"), ("resource", Given.Api))).Error, Is.EqualTo("invalid_target").Or.EqualTo("unauthorized_client"));
    }
}
