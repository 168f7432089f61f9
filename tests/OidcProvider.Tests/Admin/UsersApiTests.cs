using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Admin;

/// <summary>Accounts over the API: what is found, what is changed and under which condition, what the audit trail says of it.</summary>
public class UsersApiTests : ProviderFixture
{
    private const string Scopes = "openid admin.users.read admin.users.write admin.sessions.read admin.sessions.write admin.grants.read admin.grants.write";

    private AdminApi _owner = null!;

    protected override JsonObject? Bootstrap => Given.Administration();

    [OneTimeSetUp]
    public async Task SignInAsync() => _owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);

    [OneTimeTearDown]
    public void SignOut() => _owner.Dispose();

    [Test]
    public async Task A_user_is_made_read_changed_and_removed_and_every_step_is_audited_with_before_and_after()
    {
        var made = await _owner.SendAsync(HttpMethod.Post, "users", new JsonObject { ["email"] = "nora@example.test", ["given_name"] = "Nora", ["claims"] = new JsonObject { ["department"] = "Sales" }, ["roles"] = new JsonArray("editor") });
        Assert.That(made.Status, Is.EqualTo(201));
        var id = made.Body!["id"]!.ToString();
        Assert.That(made.Response.Headers.Location!.ToString(), Is.EqualTo($"/api/admin/v1/users/{id}"));

        var patched = await _owner.SendAsync(HttpMethod.Patch, $"users/{id}", new JsonObject { ["family_name"] = "North", ["given_name"] = null, ["claims"] = new JsonObject { ["level"] = 3 } }, made.Response.Headers.ETag!.Tag);
        Assert.That(patched.Status, Is.EqualTo(200), patched.Body?.ToString());
        Assert.That((patched.Body!["profile"]!["given_name"], (string?)patched.Body["profile"]!["family_name"], (string?)patched.Body["profile"]!["claims"]!["department"], (int?)patched.Body["profile"]!["claims"]!["level"]), Is.EqualTo(((JsonNode?)null, "North", "Sales", 3)));

        var replaced = await _owner.SendAsync(HttpMethod.Put, $"users/{id}", new JsonObject { ["email"] = "nora.north@example.test", ["name"] = "Nora N" }, patched.Response.Headers.ETag!.Tag);
        Assert.That(replaced.Status, Is.EqualTo(200), replaced.Body?.ToString());
        Assert.That((replaced.Body!["profile"]!["family_name"], replaced.Body["profile"]!["claims"], replaced.Body["profile"]!["roles"]!.AsArray().Count), Is.EqualTo(((JsonNode?)null, (JsonNode?)null, 0)));

        var late = await _owner.SendAsync(HttpMethod.Delete, $"users/{id}", ifMatch: patched.Response.Headers.ETag.Tag);
        Assert.That((late.Status, (string?)late.Body!["code"]), Is.EqualTo((412, "version_changed")), "it was replaced meanwhile");
        Assert.That((await _owner.SendAsync(HttpMethod.Delete, $"users/{id}")).Status, Is.EqualTo(428));
        Assert.That((await _owner.SendAsync(HttpMethod.Delete, $"users/{id}", ifMatch: replaced.Response.Headers.ETag!.Tag)).Status, Is.EqualTo(204));
        Assert.That((await _owner.GetAsync($"users/{id}")).Status, Is.EqualTo(404));
        var records = await RecordsAsync(id);
        Assert.That(records.Select(record => record.Event), Is.SupersetOf(new[] { "user.added", "user.updated", "user.updated", "user.deleted" }));
        records.RemoveAll(record => record.Event == "signout");
        var alice = await IdAsync(Given.Alice);
        Assert.That(records.Select(record => record.Actor), Is.All.EqualTo(alice));
        var changes = records.Where(record => record.Event == "user.updated").Select(record => record.Change).ToList();
        Assert.That(changes, Has.One.Contains("""
            "given_name":{"before":"Nora","after":null}
            """.Trim()));
        Assert.That(changes, Has.One.Contains("""
            "roles":{"before":["editor"],"after":[]}
            """.Trim()));
    }

    [Test]
    public async Task Those_whose_address_is_not_verified_are_listed_page_by_page()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.That((await _owner.SendAsync(HttpMethod.Post, "users", new JsonObject { ["email"] = $"unverified{i}@example.test", ["email_verified"] = i == 4 })).Status, Is.EqualTo(201));
        }

        foreach (var verified in new[] { false, true })
        {
            List<string> listed = [];
            for (var path = $"users?email_verified={verified}&limit=2"; ;)
            {
                var page = (await _owner.GetAsync(path)).Body!;
                listed.AddRange(page["items"]!.AsArray().Select(item => (string)item!["email"]!));
                if ((string?)page["next_cursor"] is not { } cursor)
                {
                    break;
                }

                path = $"users?email_verified={verified}&limit=2&cursor={Uri.EscapeDataString(cursor)}";
            }

            await Host.InScopeAsync(async services => Assert.That(listed, Is.EqualTo(
                await services.GetRequiredService<AppDbContext>().Users.Where(user => user.EmailConfirmed == verified).OrderBy(user => user.NormalizedEmail).Select(user => user.Email).ToListAsync())));
        }
    }

    [Test]
    public async Task A_creation_that_is_sent_twice_under_one_key_makes_one_user()
    {
        async Task<(int Status, string? Id)> CreateAsync(string email)
        {
            var answer = await _owner.SendAsync(HttpMethod.Post, "users", new JsonObject { ["email"] = email }, idempotencyKey: "make-once");
            return (answer.Status, (string?)answer.Body!["id"]);
        }

        var (first, second, other) = (await CreateAsync("once@example.test"), await CreateAsync("once@example.test"), await CreateAsync("else@example.test"));
        Assert.That(first.Status, Is.EqualTo(201));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(other.Status, Is.EqualTo(422));
    }

    [Test]
    public async Task What_somebody_else_changed_meanwhile_is_not_overwritten()
    {
        var id = await MakeAsync("version@example.test");
        var seen = (await _owner.GetAsync($"users/{id}")).Response.Headers.ETag!.Tag;
        Assert.That((await _owner.SendAsync(HttpMethod.Patch, $"users/{id}", new JsonObject { ["name"] = "First" }, seen)).Status, Is.EqualTo(200));
        var (status, body, _) = await _owner.SendAsync(HttpMethod.Patch, $"users/{id}", new JsonObject { ["name"] = "Second" }, seen);
        Assert.That((status, (string?)body!["code"]), Is.EqualTo((412, "version_changed")));
        Assert.That((await _owner.SendAsync(HttpMethod.Patch, $"users/{id}", new JsonObject { ["name"] = "Third" })).Status, Is.EqualTo(428));
        Assert.That((string?)(await _owner.GetAsync($"users/{id}")).Body!["profile"]!["name"], Is.EqualTo("First"));
    }

    [Test]
    public async Task A_body_that_is_not_understood_is_refused_with_the_place_of_each_fault()
    {
        var (status, body, _) = await _owner.SendAsync(HttpMethod.Post, "users", new JsonObject { ["email"] = "x", ["nickname"] = 3, ["nonsense"] = true });
        Assert.That(status, Is.EqualTo(422));
        Assert.That(body!["errors"]!.AsArray().Select(error => (string?)error!["field"]), Is.EquivalentTo(new[] { "nickname", "nonsense" }));
        var id = await MakeAsync("strict@example.test");
        var tag = (await _owner.GetAsync($"users/{id}")).Response.Headers.ETag!.Tag;
        foreach (var patch in new JsonObject[] { new() { ["password"] = "correct horse battery staple" }, new() { ["email"] = null }, new() { ["email"] = Given.Bob }, new() { ["nonsense"] = 1 }, new() { ["claims"] = new JsonObject { ["sub"] = "x" } } })
        {
            Assert.That((await _owner.SendAsync(HttpMethod.Patch, $"users/{id}", patch, tag)).Status, Is.EqualTo(422).Or.EqualTo(409), patch.ToJsonString());
        }
    }

    [Test]
    public async Task A_new_address_is_not_verified_unless_the_administrator_says_so()
    {
        var id = await MakeAsync("moves@example.test", verified: true);
        var moved = await _owner.SendAsync(HttpMethod.Patch, $"users/{id}", new JsonObject { ["email"] = "moved@example.test" }, "*");
        Assert.That((bool?)moved.Body!["profile"]!["email_verified"], Is.False, moved.Body.ToString());
        var verified = await _owner.SendAsync(HttpMethod.Patch, $"users/{id}", new JsonObject { ["email_verified"] = true }, "*");
        Assert.That((bool?)verified.Body!["profile"]!["email_verified"], Is.True);
        Assert.That((await _owner.GetAsync("users?q=moves@")).Body!["items"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task Users_are_found_by_the_beginning_of_address_and_names_page_by_page_without_doubles()
    {
        for (var i = 0; i < 7; i++)
        {
            await MakeAsync($"zz{i}@example.test", given: $"Given{i}", family: "Zzyzx");
        }

        await MakeAsync("other@example.test", given: "Zzgiven", family: "Other");
        List<string> found = [];
        for (string? cursor = ""; cursor is not null;)
        {
            var (status, body, _) = await _owner.GetAsync($"users?q=zz&limit=3{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            Assert.That(status, Is.EqualTo(200));
            found.AddRange(body!["items"]!.AsArray().Select(item => item!["email"]!.ToString()));
            cursor = body["next_cursor"]?.ToString();
        }

        // By address first, then by full name; by family name nobody who was not shown already.
        Assert.That(found, Is.EqualTo(Enumerable.Range(0, 7).Select(i => $"zz{i}@example.test").Append("other@example.test")));
        Assert.That(await EmailsAsync("users?q=ZZYZX"), Has.Count.EqualTo(7));
        Assert.That(await EmailsAsync("users?q=given3"), Is.EqualTo(new[] { "zz3@example.test" }));
        Assert.That(await EmailsAsync("users?q=%25"), Is.Empty);
        Assert.That(await EmailsAsync("users?q=_z0"), Is.Empty);
    }

    [Test]
    public async Task Lists_are_narrowed_by_role_and_state_and_sorted()
    {
        var id = await MakeAsync("barred@example.test", roles: "filtered");
        await MakeAsync("unbarred@example.test", roles: "filtered");
        await _owner.SendAsync(HttpMethod.Post, $"users/{id}/disable");
        Assert.That(await EmailsAsync("users?role=filtered"), Is.EquivalentTo(new[] { "barred@example.test", "unbarred@example.test" }));
        Assert.That(await EmailsAsync("users?role=filtered&disabled=true"), Is.EqualTo(new[] { "barred@example.test" }));
        Assert.That(await EmailsAsync("users?disabled=true"), Does.Contain("barred@example.test").And.Not.Contain(Given.Bob));
        Assert.That(await EmailsAsync("users?disabled=false&role=filtered&sort=email"), Is.EqualTo(new[] { "unbarred@example.test" }));
        Assert.That(await EmailsAsync("users?second_factor=true"), Is.Empty);
        Assert.That(await EmailsAsync("users?locked=true"), Is.Empty);
        Assert.That(await EmailsAsync("users?role=nobody-holds-it"), Is.Empty);
        var byMail = await EmailsAsync("users?sort=-email");
        Assert.That(byMail, Is.EqualTo(byMail.OrderDescending(StringComparer.OrdinalIgnoreCase)));
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        await MakeAsync("newest@example.test");
        Assert.That((await EmailsAsync("users?sort=-created_at&limit=1")).Concat(await EmailsAsync("users?sort=created_at&limit=200")), Has.Exactly(2).EqualTo("newest@example.test"));
        Assert.That((await _owner.GetAsync("users?sort=shoe_size")).Status, Is.EqualTo(422));
    }

    [Test]
    public async Task Disabling_ends_sessions_and_enabling_lets_in_again()
    {
        var id = await MakeAsync("switch@example.test", password: Given.Password);
        using var browser = Browser();
        using var client = Client(Given.Trusted);
        var tokens = await client.SignInAsync(browser, "switch@example.test");
        Assert.That((await _owner.GetAsync($"sessions?user={id}")).Body!["items"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((await _owner.SendAsync(HttpMethod.Post, $"users/{id}/disable")).Status, Is.EqualTo(200));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await browser.GetAsync("/account")).Body, Does.Contain("current-password"));
        Assert.That((await _owner.SendAsync(HttpMethod.Post, $"users/{id}/reset-password", new JsonObject())).Body!["code"]!.ToString(), Is.EqualTo("user_disabled"));
        var enabled = await _owner.SendAsync(HttpMethod.Post, $"users/{id}/enable");
        Assert.That((enabled.Status, enabled.Body!["disabled_at"]), Is.EqualTo((200, (JsonNode?)null)));
        await browser.SignInAsync(await browser.GetAsync("/login"), "switch@example.test");
        Assert.That((await browser.GetAsync("/account")).Body, Does.Not.Contain("current-password"));
    }

    [Test]
    public async Task A_password_mail_can_make_the_present_password_useless_at_once()
    {
        var id = await MakeAsync("renew@example.test", password: Given.Password);
        var (status, body, _) = await _owner.SendAsync(HttpMethod.Post, $"users/{id}/reset-password", new JsonObject { ["require"] = true });
        Assert.That((status, (bool?)body!["sign_in_methods"]!["password"]), Is.EqualTo((200, false)));
        using var browser = Browser();
        Assert.That((int)(await browser.SignInAsync(await browser.GetAsync("/login"), "renew@example.test")).Status, Is.EqualTo(401));
        await Host.InScopeAsync(async services =>
        {
            var mail = await services.GetRequiredService<AppDbContext>().OutboxMails.AsNoTracking().OrderByDescending(row => row.CreatedAt).FirstAsync(row => row.Recipient == "renew@example.test");
            Assert.That(mail.Text, Does.Contain("/password/reset?token=").Or.Empty);
        });
        Assert.That((await RecordsAsync(id)).Single(record => record.Event == "password.reset_asked").Reason, Is.EqualTo("required"));
    }

    [Test]
    public async Task Several_users_are_disabled_at_once_and_each_has_an_outcome()
    {
        var (first, second, alice) = (await MakeAsync("bulk1@example.test"), await MakeAsync("bulk2@example.test"), await IdAsync(Given.Alice));
        var unknown = Guid.NewGuid().ToString();
        var (status, body, _) = await _owner.SendAsync(HttpMethod.Post, "users/bulk", new JsonObject { ["action"] = "disable", ["ids"] = new JsonArray(first, unknown, alice, second) });
        Assert.That(status, Is.EqualTo(200));
        Assert.That(body!["outcomes"]!.AsArray().Select(outcome => outcome!["code"]!.ToString()), Is.EqualTo(new[] { "ok", "user_not_found", "last_owner", "ok" }));
        Assert.That(((int?)body["succeeded"], (int?)body["failed"]), Is.EqualTo((2, 2)));
        Assert.That((await _owner.SendAsync(HttpMethod.Post, "users/bulk", new JsonObject { ["action"] = "delete", ["ids"] = new JsonArray(first, second) })).Body!["succeeded"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [Test]
    public async Task No_answer_about_users_sessions_or_grants_holds_a_secret() // H05
    {
        var id = await MakeAsync("secret@example.test", password: Given.Password);
        using var browser = Browser();
        using var client = Client(Given.Trusted);
        await client.SignInAsync(browser, "secret@example.test");
        User user = null!;
        byte[] handle = [];
        await Host.InScopeAsync(async services =>
        {
            var database = services.GetRequiredService<AppDbContext>();
            user = await database.Users.AsNoTracking().SingleAsync(row => row.Email == "secret@example.test");
            handle = await database.Sessions.Where(row => row.UserId == user.Id).Select(row => row.HandleHash).FirstAsync();
        });
        foreach (var path in new[] { "users?q=secret", $"users/{id}", $"sessions?user={id}", $"authorizations?user={id}", $"users/{id}/apps", "roles" })
        {
            var (status, body, _) = await _owner.GetAsync(path);
            Assert.That(status, Is.EqualTo(200), path);
            var text = body!.ToJsonString();
            Assert.That(text, Does.Not.Contain("argon2").And.Not.Contain(user.SecurityStamp!).And.Not.Contain(Convert.ToBase64String(handle)).And.Not.Contain(Given.Secret).And.Not.Contain("client_secret").And.Not.Contain("hash"), path);
        }

        Assert.That((await RecordsAsync(id)).Select(record => record.Change ?? ""), Is.All.Not.Contain("argon2").And.All.Not.Contain(user.SecurityStamp!).And.All.Not.Contain(user.ConcurrencyStamp!));
    }

    private async Task<string> MakeAsync(string email, string? given = null, string? family = null, string? roles = null, string? password = null, bool verified = false)
    {
        var made = await _owner.SendAsync(HttpMethod.Post, "users", new JsonObject
        {
            ["email"] = email, ["given_name"] = given, ["family_name"] = family, ["password"] = password, ["email_verified"] = verified, ["roles"] = roles is null ? null : new JsonArray(roles),
        }.DeepCloneWithoutNulls());
        return made.Body!["id"]?.ToString() ?? throw new InvalidOperationException(made.Body.ToString());
    }

    private async Task<List<string>> EmailsAsync(string path)
    {
        var (status, body, _) = await _owner.GetAsync(path);
        Assert.That(status, Is.EqualTo(200), body?.ToString());
        return [.. body!["items"]!.AsArray().Select(item => item!["email"]!.ToString())];
    }

    private async Task<string> IdAsync(string email) => (await _owner.GetAsync($"users?q={Uri.EscapeDataString(email)}")).Body!["items"]![0]!["id"]!.ToString();

    private async Task<List<AuditRecord>> RecordsAsync(string subject)
    {
        List<AuditRecord> records = [];
        await Host.InScopeAsync(async services => records = await services.GetRequiredService<AppDbContext>().AuditRecords.AsNoTracking().Where(row => row.Subject == subject).OrderBy(row => row.Id).ToListAsync());
        return records;
    }
}

internal static class JsonWithoutNulls
{
    public static JsonObject DeepCloneWithoutNulls(this JsonObject node) => new(node.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
}
