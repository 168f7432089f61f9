using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.ApiKeys;
using OidcProvider.Data;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.ApiKeys;

/// <summary>API keys at our own API: made, used, refused.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql)]
public class ApiKeyAccessTests(Database database) : ApiKeyFixture(database)
{
    [Test]
    public async Task A_key_is_made_once_shown_once_mailed_audited_and_works()
    {
        using var owner = await OwnerAsync();
        var (status, body, _) = await owner.SendAsync(HttpMethod.Post, "api-keys", new JsonObject { ["name"] = "ci", ["scope"] = "api admin.users.read", ["user"] = Given.Auditor });
        Assert.That(status, Is.EqualTo(201), body?.ToJsonString());
        var key = (string)body!["key"]!;
        var view = body["api_key"]!;
        Assert.That((string?)view["prefix"], Is.EqualTo(key[..14]));
        Assert.That((DateTime)view["expires_at"]!, Is.EqualTo(Host.Time.GetUtcNow().UtcDateTime.AddDays(90)).Within(TimeSpan.FromMinutes(5)));

        using var service = AdminApi.With(Host, key);
        Assert.That((await service.GetAsync("api-keys")).Status, Is.EqualTo(403), "the auditor may, the key has no scope for it");
        var (_, listed, _) = await owner.GetAsync($"api-keys?q={key[..14]}");
        Assert.That(listed!["items"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That(listed.ToJsonString(), Does.Not.Contain(key));
        Assert.That((await owner.GetAsync($"api-keys/{view["id"]}")).Status, Is.EqualTo(200));

        var mail = await new Mailbox(Host).WaitAsync(Given.Auditor, "new API key");
        Assert.That(mail.TextBody, Does.Contain(key[..14]).And.Contain("admin.users.read").And.Not.Contain(key));
        await Host.InScopeAsync(async services =>
        {
            var rows = services.GetRequiredService<AppDbContext>();
            var record = await rows.AuditRecords.SingleAsync(row => row.Event == "api_key.made" && row.Change!.Contains(key.Substring(0, 14)));
            Assert.That(record.Change, Does.Contain("admin.users.read").And.Not.Contain(key));
        });
        Assert.That(Host.Log.Lines, Has.None.Contain(key));
    }

    [Test]
    public async Task The_trail_names_the_key_beside_the_user_it_acts_for()
    {
        var made = await KeyAsync(Given.Alice, "admin.scopes.write");
        using var service = AdminApi.With(Host, made.Key);
        Assert.That((await service.SendAsync(HttpMethod.Post, "scopes", new JsonObject { ["name"] = $"s{made.View.Id:N}" })).Status, Is.EqualTo(201));
        await Host.InScopeAsync(async services =>
        {
            var row = await services.GetRequiredService<AppDbContext>().ApiKeys.AsNoTracking().SingleAsync(key => key.Id == made.View.Id);
            await services.GetRequiredService<ApiKeyGuesses>().CountAsync("192.0.2.1", row);
        });
        await RevokeAsync(made.View.Id);
        await Host.InScopeAsync(async services =>
        {
            var rows = services.GetRequiredService<AppDbContext>();
            var alice = (await services.GetRequiredService<UserDirectory>().FindByNameAsync(Given.Alice))!.Id.ToString();
            var records = await rows.AuditRecords.AsNoTracking().Where(record => record.ApiKey == made.View.Prefix).ToListAsync();
            Assert.That(records.Select(record => (record.Event, record.Actor)), Is.EquivalentTo(new[] { ("api_key.made", "test"), ("scope.registered", alice), ("api_key.refused", (string?)null), ("api_key.revoked", "test") }));
        });
        using var auditor = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.audit.read");
        Assert.That((string?)(await auditor.GetAsync($"audit?subject=s{made.View.Id:N}")).Body!["items"]![0]!["api_key"], Is.EqualTo(made.View.Prefix));
    }

    [Test]
    public async Task A_key_may_what_both_its_scopes_and_the_roles_of_now_allow()
    {
        var made = await KeyAsync(Given.Alice, "admin.api_keys.read admin.keys.read");
        using var service = AdminApi.With(Host, made.Key);
        Assert.That((await service.GetAsync("api-keys")).Status, Is.EqualTo(200));
        Assert.That((await service.SendAsync(HttpMethod.Delete, $"api-keys/{made.View.Id}")).Status, Is.EqualTo(403));

        var lost = await KeyAsync(Given.Auditor, "admin.keys.read");
        using var former = AdminApi.With(Host, lost.Key);
        Assert.That((await former.GetAsync("keys")).Status, Is.EqualTo(200));
        await RolesAsync(Given.Auditor, []);
        Assert.That((await former.GetAsync("keys")).Status, Is.EqualTo(403));
        await RolesAsync(Given.Auditor, ["auditor"]);
    }

    [Test]
    public async Task Nobody_makes_a_key_that_reaches_further_than_the_user_or_the_token()
    {
        using var owner = await OwnerAsync();
        // Bob holds no role; Alice does, but this token was got for less; a standard scope is about a sign-in.
        foreach (var (user, scope) in new[] { (Given.Bob, "admin.users.read"), (Given.Alice, "admin.keys.write"), (Given.Alice, "openid"), (Given.Bob, "unheard-of") })
        {
            var (status, body, _) = await owner.SendAsync(HttpMethod.Post, "api-keys", new JsonObject { ["name"] = "x", ["scope"] = scope, ["user"] = user });
            Assert.That((status, (string?)body!["code"]), Is.EqualTo((403, "scope_forbidden")), scope);
        }

        // Not even the owner's key makes keys: nobody signed in for it.
        var key = await KeyAsync(Given.Alice, "admin.api_keys.write");
        using var service = AdminApi.With(Host, key.Key);
        var (refused, why, _) = await service.SendAsync(HttpMethod.Post, "api-keys", new JsonObject { ["name"] = "x", ["scope"] = "api" });
        Assert.That((refused, (string?)why!["code"]), Is.EqualTo((403, "api_key_forbidden")));
        using var clara = await AdminApi.SignInAsync(Host, Given.ClientAdmin, "openid admin.api_keys.write");
        Assert.That((await clara.SendAsync(HttpMethod.Post, "api-keys", new JsonObject { ["name"] = "x", ["scope"] = "api" })).Status, Is.EqualTo(403));
    }

    [Test]
    public async Task A_key_of_a_disabled_user_sleeps_and_that_of_a_deleted_one_is_gone()
    {
        await AddUserAsync("eve@example.test");
        var made = await KeyAsync("eve@example.test");
        await Host.InScopeAsync(services => services.DisableUserAsync("eve@example.test"));
        Assert.That(await FaultAsync(made.Key), Is.EqualTo("user_disabled"));
        await Host.InScopeAsync(services => services.EnableUserAsync("eve@example.test"));
        Assert.That(await FaultAsync(made.Key), Is.Null);
        await Host.InScopeAsync(async services => await services.GetRequiredService<Credentials>().DeleteAsync((await services.GetRequiredService<UserDirectory>().FindByNameAsync("eve@example.test"))!));
        Assert.That(await FaultAsync(made.Key), Is.EqualTo("api_key_wrong"));
    }

    [Test]
    public async Task Revoked_expired_and_wrong_keys_are_refused()
    {
        var revoked = await KeyAsync(Given.Alice, "admin.keys.read");
        await RevokeAsync(revoked.View.Id);
        var expired = await KeyAsync(Given.Alice, "admin.keys.read", Host.Time.GetUtcNow().UtcDateTime.AddMinutes(1));
        Host.Time.Advance(TimeSpan.FromMinutes(2));
        var fine = await KeyAsync(Given.Alice, "admin.keys.read");
        var other = ApiKeyFormat.Create().Text;
        foreach (var key in new[] { revoked.Key, expired.Key, other, fine.Key[..^1] + (fine.Key[^1] == 'a' ? 'b' : 'a'), fine.View.Prefix, "oidck_" })
        {
            using var service = AdminApi.With(Host, key);
            var (status, _, response) = await service.GetAsync("keys");
            Assert.That(status, Is.EqualTo(401), key);
            Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.Contain("error=\"invalid_token\""));
        }

        using var works = AdminApi.With(Host, fine.Key);
        Assert.That((await works.GetAsync("keys")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_key_in_the_url_is_refused_even_beside_one_in_the_header()
    {
        var made = await KeyAsync(Given.Alice, "admin.keys.read");
        using var nobody = AdminApi.With(Host, null);
        Assert.That((await nobody.GetAsync($"keys?access_token={made.Key}")).Status, Is.EqualTo(401));
        using var both = AdminApi.With(Host, made.Key);
        Assert.That((await both.GetAsync($"keys?access_token={made.Key}")).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task Of_fifty_uses_at_once_none_that_begins_after_the_revocation_gets_in()
    {
        var made = await KeyAsync(Given.Alice, "admin.keys.read");
        using var service = AdminApi.With(Host, made.Key);
        var uses = Enumerable.Range(0, 50).Select(async number =>
        {
            if (number == 25)
            {
                await RevokeAsync(made.View.Id);
                return (await service.GetAsync("keys")).Status == 401;
            }

            return (await service.GetAsync("keys")).Status is 200 or 401;
        }).ToList();
        Assert.That(await Task.WhenAll(uses), Is.All.True);
        Assert.That((await service.GetAsync("keys")).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task When_it_was_last_used_is_written_once_a_minute()
    {
        var made = await KeyAsync(Given.Alice, "admin.keys.read");
        using var service = AdminApi.With(Host, made.Key);
        var usage = Host.Services.GetRequiredService<ApiKeyUsage>();
        await service.GetAsync("keys");
        await usage.WriteAsync();
        var first = await LastUsedAsync(made.View.Id);
        Assert.That(first, Is.EqualTo(Host.Time.GetUtcNow().UtcDateTime).Within(TimeSpan.FromSeconds(1)));
        Host.Time.Advance(TimeSpan.FromSeconds(30));
        await service.GetAsync("keys");
        await usage.WriteAsync();
        Assert.That(await LastUsedAsync(made.View.Id), Is.EqualTo(first));
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        await service.GetAsync("keys");
        await usage.WriteAsync();
        Assert.That(await LastUsedAsync(made.View.Id), Is.EqualTo(first!.Value.AddSeconds(61)).Within(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task A_list_is_paged_and_filtered()
    {
        await AddUserAsync("many@example.test");
        var keys = new List<IssuedApiKey>();
        for (var i = 0; i < 5; i++)
        {
            keys.Add(await KeyAsync("many@example.test"));
        }

        await RevokeAsync(keys[0].View.Id);
        using var owner = await OwnerAsync();
        var user = keys[0].View.UserId;
        List<string> seen = [];
        for (string? cursor = ""; cursor is not null;)
        {
            var (_, page, _) = await owner.GetAsync($"api-keys?user_id={user}&limit=2&cursor={cursor}");
            seen.AddRange(page!["items"]!.AsArray().Select(item => (string)item!["id"]!));
            cursor = (string?)page["next_cursor"];
        }

        Assert.That(seen, Is.EquivalentTo(keys.Select(key => key.View.Id.ToString())).And.Unique);
        var (_, revoked, _) = await owner.GetAsync($"api-keys?user_id={user}&state=revoked");
        Assert.That(revoked!["items"]!.AsArray(), Has.Count.EqualTo(1));
        var (_, active, _) = await owner.GetAsync("api-keys?q=many@&state=active&sort=created_at");
        Assert.That(active!["items"]!.AsArray(), Has.Count.EqualTo(4));
    }

    private async Task<string?> FaultAsync(string key)
    {
        string? code = null;
        await Host.InScopeAsync(async services =>
        {
            var result = await services.GetRequiredService<ApiKeyVerifier>().VerifyAsync(key, "test");
            code = result.Succeeded ? null : result.Problems[0].Code;
        });
        return code;
    }

    private async Task<DateTime?> LastUsedAsync(Guid id)
    {
        DateTime? at = null;
        await Host.InScopeAsync(async services => at = (await services.GetRequiredService<AppDbContext>().ApiKeys.SingleAsync(key => key.Id == id)).LastUsedAt);
        return at;
    }

    private Task AddUserAsync(string email) => Host.InScopeAsync(async services =>
        Assert.That((await services.GetRequiredService<UserDirectory>().AddAsync(new() { Email = email, Password = Given.Password }, "test")).Succeeded, Is.True));

    private Task RolesAsync(string email, string[] roles) => Host.InScopeAsync(async services =>
        Assert.That((await services.GetRequiredService<UserDirectory>().UpdateAsync(new() { Email = email, Roles = roles }, "test")).Succeeded, Is.True));
}

/// <summary>Guessing keys is bounded, and does not lock out those who have the right one.</summary>
public class ApiKeyGuessTests : ApiKeyFixture
{
    protected override IReadOnlyDictionary<string, string>? Settings => new Dictionary<string, string> { ["ApiKeys:Guesses"] = "5" };

    [Test]
    public async Task After_some_wrong_keys_the_address_is_told_to_wait_and_the_right_key_still_works()
    {
        var made = await KeyAsync(Given.Alice, "admin.keys.read");
        for (var i = 0; i < 5; i++)
        {
            using var wrong = AdminApi.With(Host, ApiKeyFormat.Create().Text);
            Assert.That((await wrong.GetAsync("keys")).Status, Is.EqualTo(401));
        }

        using var next = AdminApi.With(Host, ApiKeyFormat.Create().Text);
        var (status, body, response) = await next.GetAsync("keys");
        Assert.That((status, (string?)body!["code"]), Is.EqualTo((429, "too_many_requests")));
        Assert.That(response.Headers.RetryAfter, Is.Not.Null);
        using var right = AdminApi.With(Host, made.Key);
        Assert.That((await right.GetAsync("keys")).Status, Is.EqualTo(200));
        Host.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.That((await next.GetAsync("keys")).Status, Is.EqualTo(401));
    }
}
