using OidcProvider.Clients;

namespace OidcProvider.Tests.Clients;

/// <summary>Attack H03: who may register clients gains no power over the server by it.</summary>
internal sealed class ClientGuardTests
{
    private static readonly Editor Owner = new(Guid.NewGuid().ToString(), IsOwner: true), Delegate = new(Guid.NewGuid().ToString(), IsOwner: false);
    private static readonly ClientDefinition Plain = new() { ClientId = "shop", Scope = "openid profile" }, Powerful = new() { ClientId = "tool", Scope = "openid admin.users.write" };

    [Test]
    public void A_client_admin_gives_no_client_power_over_the_server()
    {
        Assert.That(ClientGuard.Fault(Delegate, null, Powerful)?.Code, Is.EqualTo(ClientGuard.Forbidden));
        Assert.That(ClientGuard.Fault(Delegate, Plain, Plain with { Scope = "openid admin.clients.read" })?.Field, Is.EqualTo("scope"));
        Assert.That(ClientGuard.Fault(Delegate, null, Powerful with { Consent = "implicit" }), Is.Not.Null);
    }

    [Test]
    public void A_client_admin_does_not_touch_a_client_that_has_such_power()
    {
        Assert.That(ClientGuard.Fault(Delegate, Powerful, Powerful with { RedirectUris = ["https://evil.test/cb"] }), Is.Not.Null);
        Assert.That(ClientGuard.Fault(Delegate, Powerful, Powerful with { Scope = "openid" }), Is.Not.Null);
        Assert.That(ClientGuard.Fault(Delegate, Powerful, null), Is.Not.Null);
    }

    [Test]
    public void What_is_not_about_the_server_is_free_and_an_owner_may_all_of_it()
    {
        Assert.That(ClientGuard.Fault(Delegate, null, Plain), Is.Null);
        Assert.That(ClientGuard.Fault(Delegate, Plain, Plain with { Consent = "implicit" }), Is.Null);
        Assert.That(ClientGuard.Fault(Delegate, Plain, null), Is.Null);
        Assert.That(ClientGuard.Fault(Owner, Powerful, Powerful with { Consent = "implicit" }), Is.Null);
        Assert.That(ClientGuard.Fault(Owner, null, Powerful), Is.Null);
    }

    [Test]
    public void Built_in_clients_are_changed_by_nobody()
    {
        var cli = Plain with { ClientId = BuiltInClients.Prefix + "cli" };
        Assert.That(ClientGuard.Fault(Owner, cli, cli with { Scope = "openid" }), Is.Not.Null);
        Assert.That(ClientGuard.Fault(Owner, null, cli), Is.Not.Null);
        Assert.That(ClientGuard.Fault(Owner, cli, null), Is.Not.Null);
        Assert.That(ClientGuard.Fault(BuiltInClients.Actor, null, cli), Is.Null);
    }

    [Test]
    public void An_actor_who_is_a_user_gets_the_least_when_nothing_says_what_they_may()
    {
        Editor user = Guid.NewGuid().ToString(), machine = "cli";
        Assert.That((user.IsOwner, machine.IsOwner), Is.EqualTo((false, true)));
    }
}
