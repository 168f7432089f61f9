using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Clients;

namespace OidcProvider.Tests.Clients;

internal sealed class ClientSecretDeskTests
{
    private const string Chosen = "at-least-32-characters-long-secret";

    private TestServices _services = null!;

    private ClientSecretDesk Desk => _services.Get<ClientSecretDesk>();

    [SetUp]
    public async Task CreateAsync()
    {
        _services = await TestServices.CreateAsync();
        await _services.Get<ClientRegistry>().RegisterAsync(new() { ClientId = "web", ClientSecret = Chosen, RedirectUris = ["https://rp1.test/cb"] }, "test");
        await _services.ForgetAsync();
    }

    [TearDown]
    public async Task DisposeAsync() => await _services.DisposeAsync();

    private async Task<Guid?> FindAsync(string secret) =>
        await _services.Get<ClientSecrets>().FindAsync((await _services.Get<RegistrySnapshot>().FindClientAsync("web"))!, secret);

    [Test]
    public async Task Two_secrets_are_valid_at_once_and_one_can_go()
    {
        var second = (await Desk.AddAsync("web", "new machine", null, "test")).Value;
        Assert.That(await FindAsync(Chosen), Is.Not.Null);
        Assert.That(await FindAsync(second.ClientSecret), Is.EqualTo(second.Id));
        Assert.That(await FindAsync(second.ClientSecret + "x"), Is.Null);

        var first = (await Desk.ListAsync("web")).Value[0].Id;
        Assert.That(await Desk.RemoveAsync("web", first, "test"), Is.Null);
        Assert.That(await FindAsync(Chosen), Is.Null);
        Assert.That(await FindAsync(second.ClientSecret), Is.EqualTo(second.Id));
        Assert.That((await Desk.RemoveAsync("web", second.Id, "test"))?.Code, Is.EqualTo(ClientSecretDesk.Last));
    }

    [Test]
    public async Task A_secret_ends_when_it_was_to_end()
    {
        var short_ = (await Desk.AddAsync("web", null, TestServices.Start.UtcDateTime.AddHours(1), "test")).Value;
        Assert.That(await FindAsync(short_.ClientSecret), Is.Not.Null);
        _services.Time.Advance(TimeSpan.FromHours(1));
        Assert.That(await FindAsync(short_.ClientSecret), Is.Null);
        Assert.That((await Desk.AddAsync("web", null, TestServices.Start.UtcDateTime, "test")).Problems[0].Field, Is.EqualTo("expires_at"));
    }

    [Test]
    public async Task A_rotated_secret_works_beside_the_new_one_for_the_grace_time_and_no_longer()
    {
        var rotated = await Desk.RotateAsync("web", TimeSpan.FromHours(2), "test");
        Assert.That(await FindAsync(Chosen), Is.Not.Null);
        Assert.That(await FindAsync(rotated.Value.GeneratedSecret!), Is.Not.Null);
        _services.Time.Advance(TimeSpan.FromHours(2));
        Assert.That(await FindAsync(Chosen), Is.Null);
        Assert.That(await FindAsync(rotated.Value.GeneratedSecret!), Is.Not.Null);
    }

    [Test]
    public async Task There_are_few_secrets_at_a_time_and_expired_ones_make_room()
    {
        for (var count = 1; count < ClientSecretDesk.Most; count++)
        {
            Assert.That((await Desk.AddAsync("web", null, TestServices.Start.UtcDateTime.AddDays(1), "test")).Succeeded);
        }

        Assert.That((await Desk.AddAsync("web", null, null, "test")).Problems[0].Code, Is.EqualTo(ClientSecretDesk.TooMany));
        _services.Time.Advance(TimeSpan.FromDays(2));
        Assert.That((await Desk.AddAsync("web", null, null, "test")).Succeeded);
    }

    [Test]
    public async Task The_audit_trail_tells_of_secrets_and_never_tells_them()
    {
        var added = (await Desk.AddAsync("web", "blue", null, "test")).Value;
        var rotated = (await Desk.RotateAsync("web", TimeSpan.Zero, "test")).Value;
        await Desk.RemoveAsync("web", added.Id, "test");
        Assert.That(await _services.EventsAsync(), Is.EquivalentTo(new[] { AuditEvents.ClientRegistered, AuditEvents.ClientSecretAdded, AuditEvents.ClientSecretRotated, AuditEvents.ClientSecretRemoved }));
        var changes = string.Concat(await _services.Database.AuditRecords.Select(record => record.Change).ToListAsync());
        Assert.That(changes, Does.Contain("blue").And.Not.Contain(added.ClientSecret).And.Not.Contain(rotated.GeneratedSecret!).And.Not.Contain(Chosen).And.Not.Contain("s256$").And.Not.Contain("$argon2"));
    }

    [Test]
    public async Task A_change_is_told_with_before_and_after_and_a_private_key_member_is_hidden()
    {
        await _services.Get<ClientRegistry>().UpdateAsync(new() { ClientId = "web", ClientName = "Shop", RedirectUris = ["https://rp1.test/cb"], Jwks = new() { ["keys"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject { ["kty"] = "RSA", ["p"] = "very-private" }) } }, "someone");
        var record = await _services.Database.AuditRecords.SingleAsync(row => row.Event == AuditEvents.ClientUpdated);
        Assert.That(record.Actor, Is.EqualTo("someone"));
        Assert.That(record.Change, Does.Contain("\"client_name\":{\"before\":null,\"after\":\"Shop\"}").And.Contain("(hidden)").And.Not.Contain("very-private"));
    }

    [Test]
    public async Task Who_changes_what_they_have_not_seen_is_told()
    {
        var registry = _services.Get<ClientRegistry>();
        var seen = (await registry.FindAsync("web"))!;
        Assert.That((await registry.UpdateAsync(seen.Definition with { ClientName = "One" }, "test", seen.Version)).Succeeded);
        Assert.That((await registry.UpdateAsync(seen.Definition with { ClientName = "Two" }, "test", seen.Version)).Problems[0].Code, Is.EqualTo(ClientRegistry.Changed));
        Assert.That((await registry.RemoveAsync("web", "test", seen.Version))?.Code, Is.EqualTo(ClientRegistry.Changed));
    }
}
