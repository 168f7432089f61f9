using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Data;
using OpenIddict.Abstractions;

namespace OidcProvider.Tests.Clients;

internal sealed class ClientRegistryTests
{
    private const string Secret = "at-least-32-characters-long-secret";

    private static readonly ClientDefinition Web = new()
    {
        ClientId = "web",
        ClientSecret = Secret,
        ClientName = "Sample web app",
        RedirectUris = ["https://rp1.test/cb"],
        PostLogoutRedirectUris = ["https://rp1.test/out"],
        GrantTypes = ["authorization_code", "refresh_token"],
        Scope = "openid profile",
        AccessTokenLifetime = TimeSpan.FromMinutes(5),
    };

    private TestServices _services = null!;

    private ClientRegistry Registry => _services.Get<ClientRegistry>();

    [SetUp]
    public async Task CreateAsync() => _services = await TestServices.CreateAsync();

    [TearDown]
    public async Task DisposeAsync() => await _services.DisposeAsync();

    [Test]
    public async Task A_registered_client_is_found_as_it_was_defined_without_its_secret()
    {
        var result = await Registry.RegisterAsync(Web, "test");
        await _services.ForgetAsync();
        var found = await Registry.FindAsync("web");

        Assert.That(result.Value.GeneratedSecret, Is.Null);
        Assert.That(found!.Definition, Is.EqualTo(Web with { ClientSecret = null }));
        Assert.That(found.Disabled, Is.False);
        Assert.That(await _services.EventsAsync(), Is.EqualTo(new[] { AuditEvents.ClientRegistered }));
        Assert.That((await _services.Database.Clients.SingleAsync()).Definition, Does.Not.Contain(Secret));
    }

    [Test]
    public async Task The_engine_sees_what_the_definition_says()
    {
        await Registry.RegisterAsync(Web, "test");
        await _services.ForgetAsync();
        var manager = _services.Get<IOpenIddictApplicationManager>();
        var client = (await manager.FindByClientIdAsync("web"))!;

        Assert.That(await manager.GetClientTypeAsync(client), Is.EqualTo("confidential"));
        Assert.That(await manager.GetConsentTypeAsync(client), Is.EqualTo("explicit"));
        Assert.That(await manager.GetPermissionsAsync(client), Is.EquivalentTo(new[]
        {
            "ept:authorization", "ept:pushed_authorization", "ept:token", "ept:introspection", "ept:revocation", "ept:end_session",
            "gt:authorization_code", "gt:refresh_token", "rst:code", "scp:openid", "scp:profile",
        }));
        Assert.That(await manager.GetRequirementsAsync(client), Is.EqualTo(new[] { "ft:pkce" }));
        Assert.That((await manager.GetSettingsAsync(client))["tkn_lft:act"], Is.EqualTo("00:05:00"));
        Assert.That(await manager.ValidateClientSecretAsync(client, Secret));
        Assert.That(await manager.ValidateClientSecretAsync(client, Secret + "x"), Is.False);
        Assert.That(await manager.ValidateRedirectUriAsync(client, "https://rp1.test/cb"));
        Assert.That(await manager.ValidateRedirectUriAsync(client, "https://rp1.test/cb/"), Is.False);
        Assert.That(await manager.ValidatePostLogoutRedirectUriAsync(client, "https://rp1.test/out"));
        Assert.That(await manager.ValidatePostLogoutRedirectUriAsync(client, "https://rp1.test/cb"), Is.False);
    }

    [Test]
    public async Task A_public_client_may_not_introspect_and_has_no_secret()
    {
        var result = await Registry.RegisterAsync(Web with { ClientSecret = null, TokenEndpointAuthMethod = "none", RequirePushedAuthorizationRequests = true }, "test");
        var row = await _services.Database.Clients.SingleAsync();

        Assert.That(result.Value.GeneratedSecret, Is.Null);
        Assert.That(row.ClientSecret, Is.Null);
        Assert.That(row.ClientType, Is.EqualTo("public"));
        Assert.That(row.Permissions, Does.Not.Contain("ept:introspection"));
        Assert.That(row.Requirements, Does.Contain("ft:par").And.Contain("ft:pkce"));
    }

    [Test]
    public async Task What_is_left_out_is_made_and_the_secret_is_shown_once()
    {
        var result = await Registry.RegisterAsync(Web with { ClientId = null, ClientSecret = null }, "test");
        var client = result.Value.Client;
        var row = await _services.Database.Clients.SingleAsync();

        Assert.That(client.ClientId, Has.Length.EqualTo(22));
        Assert.That(row.ClientSecret, Does.StartWith("s256$"));
        Assert.That(await _services.Get<ClientSecrets>().VerifyAsync(row.ClientSecret!, result.Value.GeneratedSecret!));
    }

    [Test]
    public async Task A_faulty_client_is_not_stored_and_leaves_no_trace()
    {
        var result = await Registry.RegisterAsync(Web with { RedirectUris = ["javascript:alert(1)"], Scope = "openid nonsense" }, "test");

        Assert.That(result.Problems.Select(problem => problem.Field), Is.EquivalentTo(new[] { "redirect_uris[0]", "scope" }));
        Assert.That(await Registry.ListAsync(), Is.Empty);
        Assert.That(await _services.EventsAsync(), Is.Empty);
    }

    [Test]
    public async Task An_id_is_given_once()
    {
        await Registry.RegisterAsync(Web, "test");
        var second = await Registry.RegisterAsync(Web with { ClientSecret = null }, "test");

        Assert.That(second.Problems.Single().Code, Is.EqualTo(ClientRegistry.Exists));
    }

    [Test]
    public async Task An_update_keeps_the_secret_unless_it_names_another()
    {
        await Registry.RegisterAsync(Web, "test");
        var before = (await _services.Database.Clients.AsNoTracking().SingleAsync()).ClientSecret;

        await Registry.UpdateAsync(Web with { ClientSecret = null, ClientName = "Renamed" }, "test");
        Assert.That((await _services.Database.Clients.AsNoTracking().SingleAsync()).ClientSecret, Is.EqualTo(before));

        await Registry.UpdateAsync(Web with { ClientName = "Renamed" }, "test");
        Assert.That((await _services.Database.Clients.AsNoTracking().SingleAsync()).ClientSecret, Is.EqualTo(before));

        await Registry.UpdateAsync(Web with { ClientName = "Renamed", ClientSecret = Secret + "2" }, "test");
        var after = (await _services.Database.Clients.AsNoTracking().SingleAsync()).ClientSecret!;
        Assert.That(await _services.Get<ClientSecrets>().VerifyAsync(after, Secret + "2"));
        Assert.That(await _services.EventsAsync(), Is.EquivalentTo(new[]
        {
            AuditEvents.ClientRegistered, AuditEvents.ClientUpdated, AuditEvents.ClientUpdated, AuditEvents.ClientSecretRotated,
        }));
    }

    [Test]
    public async Task An_update_that_changes_nothing_writes_nothing()
    {
        await Registry.RegisterAsync(Web, "test");
        await _services.ForgetAsync();
        var before = await _services.Database.Clients.AsNoTracking().SingleAsync();
        _services.Time.Advance(TimeSpan.FromHours(1));
        var result = await Registry.UpdateAsync(Web, "test");
        var after = await _services.Database.Clients.AsNoTracking().SingleAsync();

        Assert.That(result.Succeeded);
        Assert.That(after.UpdatedAt, Is.EqualTo(before.UpdatedAt));
        Assert.That(after.ConcurrencyToken, Is.EqualTo(before.ConcurrencyToken));
        Assert.That(await _services.EventsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_client_that_changes_sides_gains_or_loses_its_secret()
    {
        await Registry.RegisterAsync(Web with { ClientSecret = null, TokenEndpointAuthMethod = "none" }, "test");
        var confidential = await Registry.UpdateAsync(Web with { ClientSecret = null }, "test");
        Assert.That(confidential.Value.GeneratedSecret, Is.Not.Null);

        await Registry.UpdateAsync(Web with { ClientSecret = null, TokenEndpointAuthMethod = "none" }, "test");
        Assert.That((await _services.Database.Clients.AsNoTracking().SingleAsync()).ClientSecret, Is.Null);
    }

    [Test]
    public async Task A_rotated_secret_replaces_the_old_one()
    {
        await Registry.RegisterAsync(Web, "test");
        var rotated = await _services.Get<ClientSecretDesk>().RotateAsync("web", TimeSpan.Zero, "test");
        var hash = (await _services.Database.Clients.AsNoTracking().SingleAsync()).ClientSecret!;

        Assert.That(await _services.Get<ClientSecrets>().VerifyAsync(hash, rotated.Value.GeneratedSecret!));
        Assert.That(await _services.Get<ClientSecrets>().VerifyAsync(hash, Secret), Is.False);
    }

    [Test]
    public async Task A_public_client_has_no_secret_to_rotate()
    {
        await Registry.RegisterAsync(Web with { ClientSecret = null, TokenEndpointAuthMethod = "none" }, "test");
        Assert.That((await _services.Get<ClientSecretDesk>().RotateAsync("web", TimeSpan.Zero, "test")).Succeeded, Is.False);
    }

    [Test]
    public async Task A_disabled_client_is_unknown_to_the_engine_until_it_is_enabled()
    {
        await Registry.RegisterAsync(Web, "test");
        await Registry.DisableAsync("web", "test");
        await _services.ForgetAsync();
        Assert.That(await _services.Get<IOpenIddictApplicationManager>().FindByClientIdAsync("web"), Is.Null);
        Assert.That((await Registry.FindAsync("web"))!.Disabled);

        await Registry.EnableAsync("web", "test");
        await _services.ForgetAsync();
        Assert.That(await _services.Get<IOpenIddictApplicationManager>().FindByClientIdAsync("web"), Is.Not.Null);
    }

    [Test]
    public async Task What_hangs_on_a_removed_client_goes_with_it_and_nothing_else()
    {
        var web = (await Registry.RegisterAsync(Web, "test")).Value.Client;
        var other = (await Registry.RegisterAsync(Web with { ClientId = "other" }, "test")).Value.Client;
        var user = new User { Id = Guid.CreateVersion7(), UserName = "a@example.test", NormalizedUserName = "A@EXAMPLE.TEST" };
        _services.Database.Users.Add(user);
        foreach (var client in new[] { web, other })
        {
            var row = await _services.Database.Clients.SingleAsync(candidate => candidate.Id == client.Id);
            var authorization = new Authorization { Id = Guid.CreateVersion7(), Application = row, Subject = user.Id.ToString() };
            _services.Database.Add(authorization);
            _services.Database.Add(new Token { Id = Guid.CreateVersion7(), Application = row, Authorization = authorization });
            _services.Database.Add(new Token { Id = Guid.CreateVersion7(), Application = row });
            _services.Database.Add(new Consent { UserId = user.Id, ClientId = client.Id, Scopes = "openid" });
        }

        await _services.Database.SaveChangesAsync();
        await _services.ForgetAsync();

        Assert.That(await Registry.RemoveAsync("web", "test"), Is.Null);
        Assert.That((await Registry.RemoveAsync("web", "test"))?.Code, Is.EqualTo(ClientRegistry.NotFound));
        Assert.That((await Registry.ListAsync()).Select(client => client.ClientId), Is.EqualTo(new[] { "other" }));
        Assert.That(await _services.Database.Tokens.CountAsync(), Is.EqualTo(2));
        Assert.That(await _services.Database.Authorizations.CountAsync(), Is.EqualTo(1));
        Assert.That(await _services.Database.Consents.CountAsync(), Is.EqualTo(1));
        Assert.That(await _services.EventsAsync(), Does.Contain(AuditEvents.ClientRemoved));
    }

    [Test]
    public async Task Clients_are_listed_by_id_and_searched_by_id_and_name()
    {
        await Registry.RegisterAsync(Web with { ClientId = "b", ClientName = "Books" }, "test");
        await Registry.RegisterAsync(Web with { ClientId = "a", ClientName = "Accounts" }, "test");

        Assert.That((await Registry.ListAsync()).Select(client => client.ClientId), Is.EqualTo(new[] { "a", "b" }));
        Assert.That((await Registry.ListAsync("Book")).Single().ClientId, Is.EqualTo("b"));
        Assert.That((await Registry.ListAsync(skip: 1, take: 1)).Single().ClientId, Is.EqualTo("b"));
    }

    [Test]
    public async Task A_registered_scope_can_be_named_by_clients()
    {
        await _services.Get<ScopeRegistry>().ApplyAsync(new() { Name = "api", DisplayName = "Sample API", Resources = ["https://api.example"], Claims = ["department"] }, "test");
        var result = await Registry.RegisterAsync(Web with { Scope = "openid api" }, "test");
        var found = await _services.Get<ScopeRegistry>().FindAsync(["api", "openid", "unknown"]);

        Assert.That(result.Succeeded);
        Assert.That(found.Select(scope => scope.Name), Is.EqualTo(new[] { "openid", "api" }));
        Assert.That(found[1].Resources, Is.EqualTo(new[] { "https://api.example" }));
        Assert.That(found[1].Claims, Is.EqualTo(new[] { "department" }));
    }

    [TestCase("openid")]
    [TestCase("offline_access")]
    [TestCase("two words")]
    [TestCase("")]
    public async Task A_scope_with_such_a_name_cannot_be_registered(string name) =>
        Assert.That((await _services.Get<ScopeRegistry>().ApplyAsync(new() { Name = name }, "test")).Problems.Single().Field, Is.EqualTo("name"));

    [TestCase("sub")]
    [TestCase("aud")]
    public async Task A_scope_cannot_release_a_claim_of_the_protocol(string claim) =>
        Assert.That((await _services.Get<ScopeRegistry>().ApplyAsync(new() { Name = "api", Claims = [claim] }, "test")).Succeeded, Is.False);

    [Test]
    public async Task Of_many_who_disable_a_client_at_once_the_losers_are_told_that_it_was_changed()
    {
        await Registry.RegisterAsync(Web, "test");
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            await using var scope = _services.NewScope();
            return await scope.ServiceProvider.GetRequiredService<ClientRegistry>().DisableAsync("web", "test");
        })));
        Assert.That(results.Any(result => result.Succeeded));
        Assert.That(results.Where(result => !result.Succeeded).Select(result => result.Problems.Single().Code), Has.All.EqualTo(ClientRegistry.Changed));
        Assert.That(await _services.Database.ClientTraits.CountAsync(trait => trait.Kind == ClientTrait.State), Is.EqualTo(1));
    }

    [Test]
    public async Task Consents_given_at_once_end_as_their_union()
    {
        var client = (await Registry.RegisterAsync(Web, "test")).Value.Client;
        var user = new User { Id = Guid.CreateVersion7(), UserName = "a@example.test", NormalizedUserName = "A@EXAMPLE.TEST" };
        _services.Database.Users.Add(user);
        await _services.Database.SaveChangesAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            await using var scope = _services.NewScope();
            await scope.ServiceProvider.GetRequiredService<ConsentStore>().GrantAsync(user.Id, client.Id, [$"s{number}"]);
        }));

        var consents = _services.Get<ConsentStore>();
        Assert.That(await consents.FindAsync(user.Id, client.Id), Is.EquivalentTo(Enumerable.Range(0, 8).Select(number => $"s{number}")));
        Assert.That(await consents.WithdrawAsync(user.Id, client.Id));
        Assert.That(await consents.FindAsync(user.Id, client.Id), Is.Empty);
    }
}
