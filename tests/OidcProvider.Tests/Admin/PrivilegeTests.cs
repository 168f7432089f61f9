using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.Admin;

/// <summary>Attack H03: delegated administrators reach neither above nor beside themselves, and the last owner stays.</summary>
public class PrivilegeTests : ProviderFixture
{
    private const string Scopes = "openid admin.users.read admin.users.write admin.sessions.read admin.sessions.write admin.grants.read admin.grants.write";

    private readonly Dictionary<string, string> _ids = [];
    private AdminApi _ursula = null!, _owner = null!;

    protected override JsonObject? Bootstrap => Given.Administration();

    [OneTimeSetUp]
    public async Task SignInAsync()
    {
        _owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        _ursula = await AdminApi.SignInAsync(Host, Given.UserAdmin, Scopes);
        foreach (var email in new[] { Given.Alice, Given.Bob, Given.UserAdmin, Given.ClientAdmin, Given.Auditor })
        {
            _ids[email] = (await _owner.GetAsync($"users?q={Uri.EscapeDataString(email)}")).Body!["items"]![0]!["id"]!.ToString();
        }
    }

    [OneTimeTearDown]
    public void SignOut()
    {
        _owner.Dispose();
        _ursula.Dispose();
    }

    [Test]
    public async Task H03_a_user_admin_cannot_touch_any_account_that_administers([Values(Given.Alice, Given.UserAdmin, Given.ClientAdmin, Given.Auditor)] string target)
    {
        var id = _ids[target];
        var before = await SnapshotAsync(id);
        var session = (await _ursula.GetAsync($"sessions?user={id}")).Body!["items"]!.AsArray().Select(item => item!["id"]!.ToString()).FirstOrDefault();
        var grant = (await _ursula.GetAsync($"authorizations?user={id}")).Body!["items"]!.AsArray().Select(item => item!["id"]!.ToString()).FirstOrDefault();
        (HttpMethod Method, string Path, JsonNode? Body)[] tries =
        [
            (HttpMethod.Put, $"users/{id}", new JsonObject { ["email"] = "taken-over@example.test" }),
            (HttpMethod.Patch, $"users/{id}", new JsonObject { ["email"] = "taken-over@example.test" }),
            (HttpMethod.Delete, $"users/{id}", null),
            (HttpMethod.Post, $"users/{id}/disable", null),
            (HttpMethod.Post, $"users/{id}/enable", null),
            (HttpMethod.Post, $"users/{id}/unlock", null),
            (HttpMethod.Post, $"users/{id}/reset-factors", null),
            (HttpMethod.Post, $"users/{id}/reset-password", new JsonObject()),
            (HttpMethod.Delete, $"users/{id}/sessions", null),
            (HttpMethod.Delete, $"users/{id}/apps/{Given.AdminTool}", null),
            .. session is null ? [] : new (HttpMethod, string, JsonNode?)[] { (HttpMethod.Delete, $"sessions/{session}", null) },
            .. grant is null ? [] : new (HttpMethod, string, JsonNode?)[] { (HttpMethod.Delete, $"authorizations/{grant}", null) },
        ];
        foreach (var (method, path, body) in tries)
        {
            var (status, answer, _) = await _ursula.SendAsync(method, path, body, "*");
            Assert.That((status, (string?)answer!["code"]), Is.EqualTo((403, "user_forbidden")), $"{method} {path}");
        }

        var bulk = await _ursula.SendAsync(HttpMethod.Post, "users/bulk", new JsonObject { ["action"] = "delete", ["ids"] = new JsonArray(id) });
        Assert.That(bulk.Body!["outcomes"]![0]!["code"]!.ToString(), Is.EqualTo("user_forbidden"));
        Assert.That(await SnapshotAsync(id), Is.EqualTo(before));
    }

    [TestCase("admin"), TestCase("user-admin"), TestCase("client-admin"), TestCase("auditor"), TestCase("ADMIN"), TestCase("User-Admin")]
    public async Task H03_a_user_admin_cannot_give_a_role_that_administers(string role)
    {
        var bob = _ids[Given.Bob];
        var patched = await _ursula.SendAsync(HttpMethod.Patch, $"users/{bob}", new JsonObject { ["roles"] = new JsonArray(role) }, "*");
        Assert.That((patched.Status, (string?)patched.Body!["code"], (string?)patched.Body["errors"]![0]!["field"]), Is.EqualTo((403, "user_forbidden", "roles")));
        var made = await _ursula.SendAsync(HttpMethod.Post, "users", new JsonObject { ["email"] = "puppet@example.test", ["password"] = Given.Password, ["roles"] = new JsonArray(role) });
        Assert.That(made.Status, Is.EqualTo(403));
        Assert.That((await _owner.GetAsync("users?q=puppet")).Body!["items"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task H03_a_user_admin_cannot_rename_a_role_into_one_that_administers_nor_change_those()
    {
        await _ursula.SendAsync(HttpMethod.Patch, $"users/{_ids[Given.Bob]}", new JsonObject { ["roles"] = new JsonArray("writer") }, "*");
        foreach (var name in new[] { "admin", "Admin", "client-admin", "AUDITOR" })
        {
            Assert.That((await _ursula.SendAsync(HttpMethod.Put, "roles/writer", new JsonObject { ["name"] = name })).Status, Is.EqualTo(409), name);
            Assert.That((await _ursula.SendAsync(HttpMethod.Put, $"roles/{name}", new JsonObject { ["name"] = "harmless" })).Status, Is.EqualTo(403), name);
            Assert.That((await _ursula.SendAsync(HttpMethod.Delete, $"roles/{name}")).Status, Is.EqualTo(403), name);
        }

        Assert.That((await _ursula.SendAsync(HttpMethod.Put, "roles/writer", new JsonObject { ["name"] = "author" })).Status, Is.EqualTo(200));
        Assert.That((await _owner.GetAsync($"users/{_ids[Given.Bob]}")).Body!["profile"]!["roles"]!.ToJsonString(), Is.EqualTo("""["author"]"""));
        var removed = await _ursula.SendAsync(HttpMethod.Delete, "roles/author");
        Assert.That((removed.Status, (int?)removed.Body!["users"]), Is.EqualTo((200, 1)));
        Assert.That((await _owner.GetAsync($"users/{_ids[Given.Bob]}")).Body!["profile"]!["roles"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task H03_a_client_admin_and_an_auditor_change_no_user([Values(Given.ClientAdmin, Given.Auditor)] string who)
    {
        using var api = await AdminApi.SignInAsync(Host, who, Scopes);
        Assert.That((await api.GetAsync("users")).Status, Is.EqualTo(who == Given.Auditor ? 200 : 403));
        foreach (var (method, path) in new[] { (HttpMethod.Post, "users"), (HttpMethod.Delete, $"users/{_ids[Given.Bob]}"), (HttpMethod.Post, $"users/{_ids[Given.Bob]}/reset-factors"), (HttpMethod.Delete, $"users/{_ids[Given.Bob]}/sessions"), (HttpMethod.Delete, "roles/x") })
        {
            var (status, body, _) = await api.SendAsync(method, path, new JsonObject { ["email"] = "x@example.test" });
            Assert.That((status, (string?)body!["code"]), Is.EqualTo((403, "insufficient_role")), $"{method} {path}");
        }
    }

    [Test]
    public async Task H03_nobody_removes_disables_or_demotes_the_last_owner()
    {
        var alice = _ids[Given.Alice];
        foreach (var (method, path, body) in new (HttpMethod, string, JsonNode?)[]
        {
            (HttpMethod.Delete, $"users/{alice}", null), (HttpMethod.Post, $"users/{alice}/disable", null),
            (HttpMethod.Patch, $"users/{alice}", new JsonObject { ["roles"] = new JsonArray("auditor") }), (HttpMethod.Put, $"users/{alice}", new JsonObject { ["email"] = Given.Alice }),
        })
        {
            var (status, answer, _) = await _owner.SendAsync(method, path, body, "*");
            Assert.That((status, (string?)answer!["code"]), Is.EqualTo((422, "last_owner")), $"{method} {path}");
        }
    }

    [Test]
    public async Task H03_two_owners_who_remove_each_other_at_once_leave_one()
    {
        await Host.InScopeAsync(async services =>
        {
            var directory = services.GetRequiredService<UserDirectory>();
            Assert.That((await directory.AddAsync(new UserDefinition { Email = "second-owner@example.test", Roles = [AdminRoles.Owner] }, "test")).Succeeded, Is.True);
        });
        var (alice, second) = (Guid.Parse(_ids[Given.Alice]), Guid.Empty);
        await Host.InScopeAsync(async services => second = (await services.GetRequiredService<UserDirectory>().FindByNameAsync("second-owner@example.test"))!.Id);
        var results = await Task.WhenAll(DisableAsync(alice), DisableAsync(second));
        Assert.That(results.Count(done => done), Is.EqualTo(1));
        await Host.InScopeAsync(async services =>
        {
            await services.EnableUserAsync(Given.Alice);
            await services.GetRequiredService<UserDesk>().RemoveAsync(Acting.Operator("test"), second, version: null);
        });

        async Task<bool> DisableAsync(Guid id)
        {
            await using var scope = Host.Services.CreateAsyncScope();
            return (await scope.ServiceProvider.GetRequiredService<UserStanding>().DisableAsync(Acting.Operator("test"), id)).Succeeded;
        }
    }

    [Test]
    public void H03_the_rule_itself_lets_only_owners_reach_those_who_administer()
    {
        foreach (var target in AdminRoles.All)
        {
            Assert.That(AdminRoles.MayChange([AdminRoles.Owner], [target]), Is.True);
            foreach (var actor in AdminRoles.All.Where(role => role != AdminRoles.Owner))
            {
                Assert.That(AdminRoles.MayChange([actor], [target, "editor"]), Is.False, $"{actor} {target}");
                Assert.That(AdminRoles.Ungrantable([actor], [], [target]), Is.EqualTo(new[] { target }));
                Assert.That(AdminRoles.Ungrantable([actor], [target], []), Is.EqualTo(new[] { target }));
            }
        }

        Assert.That(AdminRoles.MayChange([AdminRoles.UserAdmin], ["editor"]), Is.True);
        Assert.That(AdminRoles.MayChange([AdminRoles.ClientAdmin], ["editor"]), Is.False);
        Assert.That(AdminRoles.Ungrantable([AdminRoles.UserAdmin], ["editor"], ["writer"]), Is.Empty);
        Assert.That(AdminRoles.Ungrantable([AdminRoles.Owner], [], [AdminRoles.Owner]), Is.Empty);
    }

    private async Task<string> SnapshotAsync(string id)
    {
        var text = "";
        await Host.InScopeAsync(async services =>
        {
            var database = services.GetRequiredService<AppDbContext>();
            var user = await database.Users.AsNoTracking().SingleAsync(row => row.Id == Guid.Parse(id));
            text = $"{user.Email} {user.ConcurrencyStamp} {user.SecurityStamp} {user.DisabledAt} {user.PasswordHash} {await database.Sessions.CountAsync(row => row.UserId == user.Id && row.EndedAt == null)} {await database.Authorizations.CountAsync(row => row.Subject == id && row.Status == "valid")}";
        });
        return text;
    }
}
