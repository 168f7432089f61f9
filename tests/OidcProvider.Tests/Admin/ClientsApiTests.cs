using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Admin;

/// <summary>Clients and scopes over the API, from the first request to the last.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql)]
public class ClientsApiTests(Database database) : ProviderFixture(database)
{
    private const string Scopes = "openid admin.clients.read admin.clients.write admin.scopes.read admin.scopes.write";

    private AdminApi _owner = null!, _clara = null!;

    protected override JsonObject? Bootstrap => Given.Administration();

    [OneTimeSetUp]
    public async Task SignInAsync()
    {
        _owner = await AdminApi.SignInAsync(Host, Given.Alice, Scopes);
        _clara = await AdminApi.SignInAsync(Host, Given.ClientAdmin, Scopes);
    }

    [OneTimeTearDown]
    public void SignOut()
    {
        _owner?.Dispose();
        _clara?.Dispose();
    }

    private static JsonObject New(string? id = null) => new()
    {
        ["client_id"] = id ?? $"c-{Guid.NewGuid():N}", ["client_name"] = "Books", ["redirect_uris"] = new JsonArray("https://books.test/cb"), ["scope"] = "openid api",
    };

    private async Task<string> MakeAsync(string? id = null)
    {
        var (status, body, _) = await _owner.SendAsync(HttpMethod.Post, "clients", New(id));
        Assert.That(status, Is.EqualTo(201), body?.ToJsonString());
        return (string)body!["client_id"]!;
    }

    [Test]
    public async Task A_client_is_made_read_patched_replaced_switched_and_removed()
    {
        var (status, made, response) = await _clara.SendAsync(HttpMethod.Post, "clients", New());
        Assert.That(status, Is.EqualTo(201));
        Assert.That((string?)made!["client_secret"], Has.Length.EqualTo(43));
        var path = response.Headers.Location!.ToString()["/api/admin/v1/".Length..];

        (status, var body, response) = await _clara.GetAsync(path);
        var version = response.Headers.ETag!.ToString();
        Assert.That((status, body!["client_secret"], (bool)body["disabled"]!), Is.EqualTo((200, (JsonNode?)null, false)));

        Assert.That((await _clara.SendAsync(HttpMethod.Patch, path, new JsonObject { ["client_name"] = "Shop" })).Status, Is.EqualTo(428));
        (status, body, response) = await _clara.SendAsync(HttpMethod.Patch, path, new JsonObject { ["client_name"] = "Shop", ["scope"] = null }, version);
        Assert.That((status, (string?)body!["client_name"], body["scope"]), Is.EqualTo((200, "Shop", (JsonNode?)null)));
        Assert.That((await _clara.SendAsync(HttpMethod.Patch, path, new JsonObject { ["client_name"] = "Late" }, version)).Status, Is.EqualTo(412));

        version = response.Headers.ETag!.ToString();
        var replaced = await _clara.SendAsync(HttpMethod.Put, path, new JsonObject { ["redirect_uris"] = new JsonArray("https://new.test/cb") }, version);
        Assert.That((replaced.Status, (string?)replaced.Body!["redirect_uris"]![0], replaced.Body["client_name"]), Is.EqualTo((200, "https://new.test/cb", (JsonNode?)null)));

        Assert.That((bool)(await _clara.SendAsync(HttpMethod.Post, path + "/disable")).Body!["disabled"]!);
        (_, _, response) = await _clara.SendAsync(HttpMethod.Post, path + "/enable");
        Assert.That((await _clara.SendAsync(HttpMethod.Delete, path, ifMatch: version)).Status, Is.EqualTo(412));
        Assert.That((await _clara.SendAsync(HttpMethod.Delete, path, ifMatch: response.Headers.ETag!.ToString())).Status, Is.EqualTo(204));
        Assert.That(((await _clara.GetAsync(path)).Status, (string?)(await _clara.GetAsync(path)).Body!["code"]), Is.EqualTo((404, "client_not_found")));
    }

    [Test]
    public async Task Every_change_is_audited_with_actor_before_and_after_and_no_secret()
    {
        var id = await MakeAsync();
        var (_, _, response) = await _owner.GetAsync($"clients/{id}");
        await _owner.SendAsync(HttpMethod.Patch, $"clients/{id}", new JsonObject { ["client_name"] = "Renamed", ["client_secret"] = new string('s', 40) }, response.Headers.ETag!.ToString());
        await Host.InScopeAsync(async services =>
        {
            var records = await services.GetRequiredService<AppDbContext>().AuditRecords.Where(row => row.ClientId == id).ToListAsync();
            Assert.That(records.Select(row => row.Event), Is.EquivalentTo(new[] { "client.registered", "client.updated", "client.secret_rotated" }));
            Assert.That(records.All(row => Guid.TryParse(row.Actor, out _)));
            Assert.That(records.Single(row => row.Event == "client.updated").Change, Is.EqualTo("{\"client_name\":{\"before\":\"Books\",\"after\":\"Renamed\"}}"));
        });
    }

    [Test]
    public async Task Faults_are_listed_with_their_fields_and_unknown_names_are_refused()
    {
        var (status, body, _) = await _owner.SendAsync(HttpMethod.Post, "clients", new JsonObject { ["redirect_uris"] = new JsonArray("javascript:alert(1)"), ["scope"] = "openid nonsense" });
        Assert.That((status, body!["errors"]!.AsArray().Count), Is.EqualTo((422, 2)));
        (status, body, _) = await _owner.SendAsync(HttpMethod.Post, "clients", new JsonObject { ["redirect_uri"] = "https://a.test" });
        Assert.That((status, (string?)body!["errors"]![0]!["message"]), Is.EqualTo((422, "unknown name; did you mean redirect_uris?")));
        Assert.That((await _owner.SendAsync(HttpMethod.Post, "clients", New(Given.Web))).Status, Is.EqualTo(409));
    }

    [Test]
    public async Task A_client_admin_gains_no_power_by_a_client()
    {
        var powerful = New();
        powerful["scope"] = "openid admin.users.write";
        Assert.That((await _clara.SendAsync(HttpMethod.Post, "clients", powerful)).Status, Is.EqualTo(403));
        var id = await MakeAsync();
        var version = (await _clara.GetAsync($"clients/{id}")).Response.Headers.ETag!.ToString();
        Assert.That((await _clara.SendAsync(HttpMethod.Patch, $"clients/{id}", new JsonObject { ["scope"] = "openid admin.users.write", ["consent"] = "implicit" }, version)).Status, Is.EqualTo(403));

        version = (await _clara.GetAsync($"clients/{Given.AdminTool}")).Response.Headers.ETag!.ToString();
        foreach (var (method, path, body) in new (HttpMethod, string, JsonNode?)[]
        {
            (HttpMethod.Patch, "", new JsonObject { ["redirect_uris"] = new JsonArray("https://evil.test/cb") }), (HttpMethod.Delete, "", null), (HttpMethod.Post, "/disable", null),
            (HttpMethod.Post, "/secrets", new JsonObject()), (HttpMethod.Post, "/secrets/rotate", new JsonObject()),
        })
        {
            Assert.That((await _clara.SendAsync(method, $"clients/{Given.AdminTool}{path}", body, version)).Status, Is.EqualTo(403), path);
        }

        var bulk = await _clara.SendAsync(HttpMethod.Post, "clients/bulk", new JsonObject { ["action"] = "delete", ["client_ids"] = new JsonArray(Given.AdminTool) });
        Assert.That((string?)bulk.Body!["items"]![0]!["outcome"], Is.EqualTo("client_forbidden"));
    }

    [Test]
    public async Task A_list_goes_on_where_the_page_before_ended_in_each_order()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        for (var number = 0; number < 5; number++)
        {
            await MakeAsync($"list-{mark}-{number}");
            Host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (var (sort, expected) in new[] { ("client_id", "01234"), ("-client_id", "43210"), ("created_at", "01234"), ("-created_at", "43210"), ("client_name", "01234"), ("-client_name", "43210") })
        {
            var seen = "";
            for (string? cursor = ""; cursor is not null;)
            {
                var (status, body, _) = await _owner.GetAsync($"clients?q=LIST-{mark}&limit=2&sort={sort}&cursor={cursor}");
                Assert.That(status, Is.EqualTo(200), body?.ToJsonString());
                seen += string.Concat(body!["items"]!.AsArray().Select(item => ((string)item!["client_id"]!)[^1]));
                cursor = (string?)body["next_cursor"];
            }

            Assert.That(seen, Is.EqualTo(expected), sort);
        }

        Assert.That((await _owner.GetAsync("clients?sort=colour")).Status, Is.EqualTo(422));
        var machines = (await _owner.GetAsync("clients?grant_type=client_credentials&disabled=false&public=false")).Body!["items"]!.AsArray();
        Assert.That(machines.Select(item => (string?)item!["client_id"]), Is.EquivalentTo(new[] { Given.Worker, Given.Api }));
        Assert.That((string?)machines[0]!["grade"], Is.EqualTo("A"));
    }

    [Test]
    public async Task A_client_named_by_an_address_is_reached()
    {
        var (status, body, _) = await _owner.GetAsync($"clients/{Uri.EscapeDataString(Given.Api)}");
        Assert.That((status, (string?)body!["client_id"]), Is.EqualTo((200, Given.Api)));
    }

    [Test]
    public async Task Many_are_switched_at_once_and_each_is_told_its_outcome()
    {
        var (one, two) = (await MakeAsync(), await MakeAsync());
        var (status, body, _) = await _owner.SendAsync(HttpMethod.Post, "clients/bulk", new JsonObject { ["action"] = "disable", ["client_ids"] = new JsonArray(one, "nobody", two) });
        Assert.That((status, string.Join(',', body!["items"]!.AsArray().Select(item => (string?)item!["outcome"]))), Is.EqualTo((200, "done,client_not_found,done")));
        Assert.That((bool)(await _owner.GetAsync($"clients/{two}")).Body!["disabled"]!);
        Assert.That((await _owner.SendAsync(HttpMethod.Post, "clients/bulk", new JsonObject { ["action"] = "explode", ["client_ids"] = new JsonArray(one) })).Status, Is.EqualTo(422));
    }

    [Test]
    public async Task A_second_secret_signs_the_client_in_until_it_is_removed_and_its_use_is_seen()
    {
        var (_, added, _) = await _owner.SendAsync(HttpMethod.Post, $"clients/{Given.Worker}/secrets", new JsonObject { ["description"] = "blue" });
        var (id, secret) = ((string)added!["id"]!, (string)added["client_secret"]!);
        using var blue = new RelyingParty(Host, Given.Worker, null, secret);
        using var green = Client(Given.Worker, redirect: null);
        Assert.That((await blue.TokenAsync(("grant_type", "client_credentials")))["access_token"], Is.Not.Null);
        Assert.That((await green.TokenAsync(("grant_type", "client_credentials")))["access_token"], Is.Not.Null);

        await Host.Services.GetRequiredService<OidcProvider.Clients.UsageFlush>().FlushAsync();
        var (_, list, _) = await _owner.GetAsync($"clients/{Given.Worker}/secrets");
        Assert.That(list!["items"]!.AsArray().Single(item => (string?)item!["id"] == id)!["last_used_at"], Is.Not.Null);
        Assert.That(list.ToJsonString(), Does.Not.Contain(secret).And.Not.Contain("hash"));
        Assert.That((await _owner.GetAsync($"clients/{Given.Worker}/usage")).Body!.ToJsonString(), Does.Contain("client_credentials"));

        Assert.That((await _owner.SendAsync(HttpMethod.Delete, $"clients/{Given.Worker}/secrets/{id}")).Status, Is.EqualTo(204));
        Assert.That((await blue.TokenAsync(("grant_type", "client_credentials"))).Error, Is.EqualTo("invalid_client"));
        Assert.That((await green.TokenAsync(("grant_type", "client_credentials")))["access_token"], Is.Not.Null);
    }

    [Test]
    public async Task What_would_break_is_said()
    {
        using var client = Client(Given.Posting);
        // The secret travels in the body for this one; the sign-in itself is what counts.
        using var browser = Browser();
        await client.AuthorizeAsync(browser, Given.Bob);
        var (status, body, _) = await _owner.GetAsync($"clients/{Given.Posting}/impact");
        Assert.That((status, (int)body!["sessions"]!, (int)body["users"]!), Is.EqualTo((200, 1, 1)));
    }

    [Test]
    public async Task A_grade_comes_with_patches_that_raise_it()
    {
        var client = New();
        client["access_token_lifetime"] = "08:00:00";
        client["grant_types"] = new JsonArray("authorization_code", "refresh_token");
        var (_, made, response) = await _owner.SendAsync(HttpMethod.Post, "clients", client);
        var id = (string)made!["client_id"]!;
        var finding = (await _owner.GetAsync($"clients/{id}/grade")).Body!["rule_sets"]![0]!["findings"]!.AsArray().Single(item => (string?)item!["code"] == "access_token_long")!;
        Assert.That((await _owner.SendAsync(HttpMethod.Patch, $"clients/{id}", finding["fix"]!.DeepClone(), response.Headers.ETag!.ToString())).Status, Is.EqualTo(200));
        Assert.That((string?)(await _owner.GetAsync($"clients/{id}/grade")).Body!["letter"], Is.EqualTo("A"));
    }

    [Test]
    public async Task A_scope_is_made_changed_and_removed_and_standard_ones_stay()
    {
        var (status, _, response) = await _clara.SendAsync(HttpMethod.Post, "scopes", new JsonObject { ["name"] = "books", ["resources"] = new JsonArray("https://books.example") });
        Assert.That(status, Is.EqualTo(201));
        Assert.That((await _clara.SendAsync(HttpMethod.Post, "scopes", new JsonObject { ["name"] = "books" })).Status, Is.EqualTo(409));
        var version = response.Headers.ETag!.ToString();
        (status, var body, response) = await _clara.SendAsync(HttpMethod.Put, "scopes/books", new JsonObject { ["name"] = "books", ["display_name"] = "Read books" }, version);
        Assert.That((status, (string?)body!["display_name"]), Is.EqualTo((200, "Read books")));
        Assert.That((await _clara.SendAsync(HttpMethod.Delete, "scopes/books", ifMatch: version)).Status, Is.EqualTo(412));
        Assert.That((await _clara.SendAsync(HttpMethod.Delete, "scopes/books", ifMatch: response.Headers.ETag!.ToString())).Status, Is.EqualTo(204));
        Assert.That((await _clara.SendAsync(HttpMethod.Delete, "scopes/openid", ifMatch: "*")).Status, Is.EqualTo(404));
        Assert.That((await _clara.SendAsync(HttpMethod.Post, "scopes", new JsonObject { ["name"] = "admin.everything" })).Status, Is.EqualTo(422));
        Assert.That((await _clara.GetAsync("scopes?limit=3")).Body!["items"]!.AsArray().Select(item => (string?)item!["name"]).First(), Is.EqualTo("openid"));
    }

    [Test]
    public async Task The_same_request_under_the_same_key_happens_once()
    {
        var (client, key) = (New(), Guid.NewGuid().ToString());
        client.Remove("client_id");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _owner.SendAsync(HttpMethod.Post, "clients", client.DeepClone(), idempotencyKey: key)));
        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(201));
        Assert.That(answers.Select(answer => answer.Body!.ToJsonString()).Distinct().Count(), Is.EqualTo(1), "every one has the same id and the same secret");
        Assert.That(answers.Count(answer => answer.Response.Headers.Contains("Idempotency-Replayed")), Is.EqualTo(7));
        Assert.That(answers.Select(answer => answer.Response.Headers.Location).Distinct().Count(), Is.EqualTo(1));

        var other = (JsonObject)client.DeepClone();
        other["client_name"] = "Another";
        var (status, body, _) = await _owner.SendAsync(HttpMethod.Post, "clients", other, idempotencyKey: key);
        Assert.That((status, (string?)body!["code"]), Is.EqualTo((422, "idempotency_key_reused")));

        // The key is the caller's own, and what was refused may be corrected.
        Assert.That((string?)(await _clara.SendAsync(HttpMethod.Post, "clients", client.DeepClone(), idempotencyKey: key)).Body!["client_id"], Is.Not.EqualTo((string?)answers[0].Body!["client_id"]));
        var second = Guid.NewGuid().ToString();
        Assert.That((await _owner.SendAsync(HttpMethod.Post, "clients", new JsonObject { ["scope"] = "nonsense" }, idempotencyKey: second)).Status, Is.EqualTo(422));
        Assert.That((await _owner.SendAsync(HttpMethod.Post, "clients", New(), idempotencyKey: second)).Status, Is.EqualTo(201));
        await Host.InScopeAsync(async services =>
        {
            var kept = await services.GetRequiredService<AppDbContext>().IdempotentAnswers.AsNoTracking().ToListAsync();
            var secret = System.Text.Encoding.UTF8.GetBytes((string)answers[0].Body!["client_secret"]!);
            Assert.That(kept, Is.Not.Empty.And.All.Matches<IdempotentAnswer>(row => row.SealedAnswer!.AsSpan().IndexOf(secret) < 0));
        });
    }
}
