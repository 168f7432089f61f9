using Microsoft.EntityFrameworkCore;
using OidcProvider.Declarations;
using OidcProvider.Clients;
using OidcProvider.Users;

namespace OidcProvider.Tests.Cli;

internal sealed class BootstrapTests
{
    // The sample of CONTRACT.md.
    private const string Sample = """
        {
          "$schema": "./bootstrap.schema.json",
          "scopes":  [ { "name": "api", "display_name": "Sample API", "resources": ["https://api.example"], "claims": ["department"] } ],
          "clients": [ {
              "client_id": "web", "client_secret": "at-least-32-characters-long-secret", "client_name": "Sample web app",
              "redirect_uris": ["http://127.0.0.1:7101/cb"], "post_logout_redirect_uris": ["http://127.0.0.1:7101/out"],
              "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
              "token_endpoint_auth_method": "client_secret_basic", "scope": "openid profile email offline_access api",
              "consent": "implicit", "require_pkce": true, "profile": "oauth21" } ],
          "users":   [ { "email": "alice@example.test", "password": "correct horse battery staple", "email_verified": true,
              "given_name": "Alice", "family_name": "Archer", "roles": ["admin"], "claims": { "department": "R&D" } } ]
        }
        """;

    private TestServices _services = null!;

    private Bootstrap Bootstrap => _services.Get<Bootstrap>();

    [SetUp]
    public async Task CreateAsync() => _services = await TestServices.CreateAsync();

    [TearDown]
    public async Task DisposeAsync() => await _services.DisposeAsync();

    private async Task<string[]> ApplyAsync(string json, ExistingUsers existing = ExistingUsers.Update)
    {
        await _services.ForgetAsync();
        var path = Path.Combine(_services.Folder, "bootstrap.json");
        await File.WriteAllTextAsync(path, json);
        return [.. (await Bootstrap.ApplyAsync(path, existing)).Select(problem => problem.ToString())];
    }

    [Test]
    public async Task The_sample_of_the_contract_is_applied()
    {
        Assert.That(await ApplyAsync(Sample), Is.Empty);
        Assert.That((await _services.Get<ClientRegistry>().FindAsync("web"))!.Definition.Consent, Is.EqualTo("implicit"));
        Assert.That((await _services.Get<ScopeRegistry>().FindAsync(["api"])).Single().Claims, Is.EqualTo(new[] { "department" }));
        Assert.That((await _services.Get<UserDirectory>().CheckPasswordAsync("alice@example.test", "correct horse battery staple")).Succeeded);
    }

    [Test]
    public async Task Applying_it_again_changes_nothing()
    {
        await ApplyAsync(Sample);
        var client = await _services.Database.Clients.AsNoTracking().SingleAsync();
        var user = await _services.Database.Users.AsNoTracking().SingleAsync();
        var events = await _services.EventsAsync();
        _services.Time.Advance(TimeSpan.FromDays(1));

        Assert.That(await ApplyAsync(Sample), Is.Empty);
        var again = await _services.Database.Clients.AsNoTracking().SingleAsync();
        Assert.That(again.ClientSecret, Is.EqualTo(client.ClientSecret));
        Assert.That(again.UpdatedAt, Is.EqualTo(client.UpdatedAt));
        Assert.That((await _services.Database.Users.AsNoTracking().SingleAsync()).PasswordHash, Is.EqualTo(user.PasswordHash));
        Assert.That(await _services.EventsAsync(), Is.EqualTo(events));
    }

    [Test]
    public async Task What_was_switched_off_meanwhile_stays_off_at_the_next_start_unless_the_file_says_otherwise()
    {
        await ApplyAsync(Sample);
        await ApplyAsync(Sample.Replace("alice@", "second@"));
        await _services.Get<ClientRegistry>().DisableAsync("web", "test");
        await _services.Get<IServiceProvider>().DisableUserAsync("alice@example.test");
        Assert.That(await ApplyAsync(Sample), Is.Empty);
        Assert.That((await _services.Database.Clients.AsNoTracking().SingleAsync()).DisabledAt, Is.Not.Null);
        Assert.That((await _services.Get<UserDirectory>().FindByNameAsync("alice@example.test"))!.DisabledAt, Is.Not.Null);

        Assert.That(await ApplyAsync(Sample.Replace("\"client_id\"", "\"disabled\": false, \"client_id\"").Replace("\"email\":", "\"disabled\": false, \"email\":")), Is.Empty);
        Assert.That((await _services.Database.Clients.AsNoTracking().SingleAsync()).DisabledAt, Is.Null);
        Assert.That((await _services.Get<UserDirectory>().FindByNameAsync("alice@example.test"))!.DisabledAt, Is.Null);
    }

    [Test]
    public async Task A_file_cannot_bar_the_last_owner_but_may_bring_another_in_their_place()
    {
        await ApplyAsync(Sample);
        var barred = Sample.Replace("\"email\":", "\"disabled\": true, \"email\":");
        Assert.That((await ApplyAsync(barred)).Single(), Does.StartWith("users[0]: This is the last owner"));
        Assert.That((await _services.Get<UserDirectory>().FindByNameAsync("alice@example.test"))!.DisabledAt, Is.Null);
        var replaced = barred.Replace("\"users\":   [ ", """
            "users": [ { "email": "new@example.test", "password": "correct horse battery staple", "roles": ["admin"] },
            """);
        Assert.That(await ApplyAsync(replaced.Replace("{ \"disabled\": true, \"email\": \"new", "{ \"email\": \"new")), Is.Empty);
        Assert.That((await _services.Get<UserDirectory>().FindByNameAsync("alice@example.test"))!.DisabledAt, Is.Not.Null);
    }

    [Test]
    public async Task A_changed_file_changes_clients_and_profiles_but_no_password()
    {
        await ApplyAsync(Sample);
        await ApplyAsync(Sample.Replace("Sample web app", "Renamed").Replace("long-secret", "new--secret").Replace("Archer", "Baker").Replace("correct horse", "wrong horse"));

        Assert.That((await _services.Get<ClientRegistry>().FindAsync("web"))!.Name, Is.EqualTo("Renamed"));
        var hash = (await _services.Database.Clients.AsNoTracking().SingleAsync()).ClientSecret!;
        Assert.That(await _services.Get<ClientSecrets>().VerifyAsync(hash, "at-least-32-characters-new--secret"));
        Assert.That((await _services.Database.Users.AsNoTracking().SingleAsync()).FamilyName, Is.EqualTo("Baker"));
        Assert.That((await _services.Get<UserDirectory>().CheckPasswordAsync("alice@example.test", "correct horse battery staple")).Succeeded);
    }

    [Test]
    public async Task Existing_users_are_left_alone_when_asked_for()
    {
        await ApplyAsync(Sample);
        await ApplyAsync(Sample.Replace("Archer", "Baker"), ExistingUsers.Keep);

        Assert.That((await _services.Database.Users.AsNoTracking().SingleAsync()).FamilyName, Is.EqualTo("Archer"));
    }

    [Test]
    public async Task Every_fault_is_named_by_its_path_and_nothing_is_changed()
    {
        var faults = await ApplyAsync("""
            {
              "scopes":  [ { "name": "good" }, { "name": "openid" }, { "name": "good" } ],
              "clients": [
                { "client_id": "good", "client_secret": "at-least-32-characters-long-secret", "redirect_uris": ["https://rp1.test/cb"], "scope": "openid good" },
                { "client_id": "bad", "client_secret": "short", "redirect_uris": ["https://rp1.test/cb", "javascript:alert(1)"], "scope": "openid nonsense" },
                { "redirect_uris": ["https://rp1.test/cb"] },
                { "client_id": "good", "token_endpoint_auth_method": "none", "redirect_uris": ["https://rp1.test/cb"] },
                { "client_id": "secretless", "redirect_uris": ["https://rp1.test/cb"] } ],
              "users":   [ { "email": "good@example.test" }, { "email": "GOOD@example.test", "password": "short" } ]
            }
            """);

        Assert.That(faults.Select(fault => fault.Split(": ")[0]), Is.EquivalentTo(new[]
        {
            "scopes[1].name", "scopes[2].name", "clients[1].client_secret", "clients[1].redirect_uris[1]", "clients[1].scope",
            "clients[2].client_id", "clients[3].client_id", "clients[4].client_secret", "users[1].email", "users[1].password",
        }));
        Assert.That(await _services.Database.Clients.AnyAsync(), Is.False);
        Assert.That(await _services.Database.Scopes.AnyAsync(), Is.False);
        Assert.That(await _services.Database.Users.AnyAsync(), Is.False);
        Assert.That(await _services.EventsAsync(), Is.Empty);
    }

    [Test]
    public async Task Unknown_names_and_wrong_types_are_all_named()
    {
        var faults = await ApplyAsync("""
            {
              "client": [],
              "clients": [ { "client_id": 7, "redirect_uri": "https://rp1.test/cb", "grant_types": "authorization_code", "require_pkce": "yes", "contacts": [ null ], "access_token_lifetime": "5 minutes" } ],
              "users": [ { "email": null, "email": "a@example.test", "address": { "town": "X" } } ]
            }
            """);

        Assert.That(faults, Is.EqualTo(new[]
        {
            "client: unknown name; did you mean clients?",
            "clients[0].client_id: must be a string",
            "clients[0].redirect_uri: unknown name; did you mean redirect_uris?",
            "clients[0].grant_types: must be a list",
            "clients[0].require_pkce: must be true or false",
            "clients[0].contacts[0]: must not be null",
            "clients[0].access_token_lifetime: must be a duration as \"d.hh:mm:ss\"",
            "users[0].email: must not be null",
            "users[0].email: is given twice",
            "users[0].address.town: unknown name",
        }));
    }

    [TestCase("{ not json")]
    [TestCase("[]")]
    [TestCase("")]
    public async Task What_is_not_a_bootstrap_file_is_refused(string text) => Assert.That(await ApplyAsync(text), Has.Length.EqualTo(1));

    [Test]
    public async Task A_missing_file_is_a_fault_that_names_the_setting() =>
        Assert.That((await Bootstrap.ApplyAsync(Path.Combine(_services.Folder, "absent.json"), ExistingUsers.Update)).Single().ToString(), Does.StartWith("Bootstrap:File: "));

    [Test]
    public async Task A_fault_never_shows_a_secret()
    {
        var faults = await ApplyAsync(Sample.Replace("http://127.0.0.1:7101/cb", "http://rp1.test/cb").Replace("correct horse battery staple", "hunter2"));

        Assert.That(faults, Has.Length.EqualTo(2));
        Assert.That(string.Join('\n', faults), Does.Not.Contain("hunter2").And.Not.Contain("at-least-32"));
    }

    [Test]
    public async Task Nodes_that_start_at_once_apply_one_file_once()
    {
        var path = Path.Combine(_services.Folder, "bootstrap.json");
        await File.WriteAllTextAsync(path, Sample);
        await using var other = await TestServices.CreateAsync(_services.Folder);
        var faults = await Task.WhenAll(
            Task.Run(() => Bootstrap.ApplyAsync(path, ExistingUsers.Update)),
            Task.Run(() => other.Get<Bootstrap>().ApplyAsync(path, ExistingUsers.Update)));

        Assert.That(faults.SelectMany(list => list), Is.Empty);
        Assert.That(await _services.Database.Clients.CountAsync(), Is.EqualTo(1));
        Assert.That(await _services.Database.Users.CountAsync(), Is.EqualTo(1));
    }
}
