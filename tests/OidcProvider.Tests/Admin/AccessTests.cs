using System.Text.Json.Nodes;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Admin;

/// <summary>Who gets in: the role the user holds now, the scope of the token, and how the user signed in must all agree.</summary>
public class AccessTests : ProviderFixture
{
    protected override JsonObject? Bootstrap => Given.Administration();

    [Test]
    public async Task A_role_and_a_scope_are_both_needed()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.keys.read admin.keys.write");
        Assert.That((await owner.GetAsync("keys")).Status, Is.EqualTo(200));

        using var withoutScope = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.users.read");
        var (status, body, response) = await withoutScope.GetAsync("keys");
        Assert.That((status, (string?)body!["code"]), Is.EqualTo((403, "insufficient_scope")));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.Contain("scope=\"admin.keys.read\""));

        using var withoutRole = await AdminApi.SignInAsync(Host, Given.Bob, "openid admin.keys.read");
        Assert.That((await withoutRole.GetAsync("keys")).Status, Is.EqualTo(403));

        using var auditor = await AdminApi.SignInAsync(Host, Given.Auditor, "openid admin.keys.read admin.keys.write");
        Assert.That((await auditor.GetAsync("keys")).Status, Is.EqualTo(200));
        Assert.That((await auditor.SendAsync(HttpMethod.Post, "keys", new JsonObject { ["algorithm"] = "RS256" })).Status, Is.EqualTo(403));
    }

    [Test]
    public async Task Without_a_token_or_with_a_wrong_one_nobody_gets_in()
    {
        using var nobody = AdminApi.With(Host, null);
        var (status, body, response) = await nobody.GetAsync("keys");
        Assert.That((status, (string?)body!["code"]), Is.EqualTo((401, "invalid_token")));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.StartWith("Bearer realm="));

        // For another audience, for a client itself, and an ID token in place of an access token (RFC 9068 §4).
        using var client = Client();
        using var worker = Client(Given.Worker, redirect: null);
        var tokens = await client.SignInAsync();
        var own = await worker.TokenAsync(("grant_type", "client_credentials"));
        foreach (var token in new[] { tokens["access_token"], tokens["id_token"], own["access_token"], "nonsense" })
        {
            using var wrong = AdminApi.With(Host, token);
            Assert.That((await wrong.GetAsync("keys")).Status, Is.EqualTo(401));
        }
    }

    [Test]
    public async Task Pages_are_for_those_who_administer()
    {
        using var stranger = Browser();
        Assert.That((await stranger.GetAsync("/admin/keys")).Body, Does.Contain("current-password"));
        using var bob = Browser();
        await bob.SignInAsync(await bob.GetAsync("/login"), Given.Bob);
        Assert.That((int)(await bob.GetAsync("/admin")).Status, Is.EqualTo(403));
        using var clara = Browser();
        await clara.SignInAsync(await clara.GetAsync("/login"), Given.ClientAdmin);
        Assert.That((await clara.GetAsync("/admin")).Title, Does.Contain("Overview"));
        Assert.That((int)(await clara.GetAsync("/admin/keys")).Status, Is.EqualTo(403));
        using var audrey = Browser();
        await audrey.SignInAsync(await audrey.GetAsync("/login"), Given.Auditor);
        Assert.That((await audrey.GetAsync("/admin/keys")).Body, Does.Contain("RS256"));
    }

    [Test]
    public async Task What_does_not_exist_is_a_problem_in_json_not_a_page()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.keys.read");
        var (status, body, response) = await owner.GetAsync("nothing-here");
        Assert.That((status, (string?)body!["code"], response.Content.Headers.ContentType?.MediaType), Is.EqualTo((404, "route_not_found", "application/problem+json")));
    }

    [Test]
    public async Task A_key_is_rotated_once_and_the_second_time_is_a_fault_with_its_code()
    {
        using var owner = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.keys.read admin.keys.write");
        Assert.That((await owner.SendAsync(HttpMethod.Post, "keys", new JsonObject { ["algorithm"] = "PS256" })).Status, Is.EqualTo(201));
        var (status, body, _) = await owner.SendAsync(HttpMethod.Post, "keys", new JsonObject { ["algorithm"] = "PS256" });
        Assert.That((status, (string?)body!["code"]), Is.EqualTo((422, "key_announced")));
        (status, body, _) = await owner.SendAsync(HttpMethod.Post, "keys", new JsonObject { ["algorithmus"] = "PS256" });
        Assert.That((status, (string?)body!["errors"]![0]!["field"]), Is.EqualTo((422, "algorithmus")));
    }
}

/// <summary>Where administrators must use a second factor, a password alone does not get in.</summary>
public class StrongAccessTests : ProviderFixture
{
    protected override JsonObject? Bootstrap => Given.Administration();

    protected override IReadOnlyDictionary<string, string>? Settings => new Dictionary<string, string> { ["Users:RequireMfaForRoles"] = "boss" };

    [Test]
    public async Task A_token_of_one_factor_is_answered_with_the_way_to_a_better_one()
    {
        // Bob signs in with one factor and is made an administrator afterwards: his old token is not enough (RFC 9470 §3).
        using var bob = await AdminApi.SignInAsync(Host, Given.Bob, "openid admin.keys.read");
        await Host.InScopeAsync(async services =>
        {
            var users = (OidcProvider.Users.UserDirectory)services.GetService(typeof(OidcProvider.Users.UserDirectory))!;
            var changed = await users.UpdateAsync(new() { Email = Given.Bob, Roles = ["auditor", "boss"] }, "test");
            Assert.That(changed.Succeeded, Is.True);
        });
        var (status, body, response) = await bob.GetAsync("keys");
        Assert.That((status, (string?)body!["code"]), Is.EqualTo((401, "insufficient_user_authentication")));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.Contain("acr_values=\"aal2\"").And.Contain("max_age="));
    }
}
