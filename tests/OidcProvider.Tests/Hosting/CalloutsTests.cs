using System.Net;
using OidcProvider.Hosting;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Hosting;

/// <summary>Where the server may be made to call, and where not (attack: server-side request forgery).</summary>
public class CalloutsTests
{
    [TestCase("169.254.169.254"), TestCase("127.0.0.1"), TestCase("10.1.2.3"), TestCase("172.31.255.255"), TestCase("192.168.1.1"), TestCase("100.64.0.1"), TestCase("0.0.0.0"), TestCase("224.0.0.1"), TestCase("255.255.255.255"),
     TestCase("::1"), TestCase("::"), TestCase("fe80::1"), TestCase("fd00:ec2::254"), TestCase("::ffff:169.254.169.254"), TestCase("::ffff:10.0.0.1"), TestCase("64:ff9b::a9fe:a9fe"), TestCase("2002:7f00:1::"), TestCase("2001:db8::1"), TestCase("ff02::1")]
    public void Private_and_own_addresses_are_not_called(string address) => Assert.That(Callouts.May(IPAddress.Parse(address), loopback: false, []), Is.False);

    [TestCase("1.1.1.1"), TestCase("8.8.8.8"), TestCase("172.32.0.1"), TestCase("2606:4700:4700::1111"), TestCase("::ffff:1.1.1.1")]
    public void Public_addresses_are_called(string address) => Assert.That(Callouts.May(IPAddress.Parse(address), loopback: false, []), Is.True);

    [Test]
    public void The_operator_may_vouch_for_a_network_but_never_for_link_local_addresses()
    {
        IPNetwork[] all = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")];
        Assert.That(Callouts.May(IPAddress.Parse("10.1.2.3"), loopback: false, [IPNetwork.Parse("10.1.0.0/16")]), Is.True);
        Assert.That(Callouts.May(IPAddress.Parse("10.2.2.3"), loopback: false, [IPNetwork.Parse("10.1.0.0/16")]), Is.False);
        Assert.That(Callouts.May(IPAddress.Parse("169.254.169.254"), loopback: true, all), Is.False);
        Assert.That(Callouts.May(IPAddress.Parse("fe80::1"), loopback: true, all), Is.False);
    }

    [Test]
    public async Task A_name_is_judged_at_every_connection_so_that_rebinding_gains_nothing()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var asked = 0;
        // First a public answer, as when the address was registered; then the server's own.
        Task<IPAddress[]> Rebinding(string name, CancellationToken cancellation) => Task.FromResult<IPAddress[]>(asked++ == 0 ? [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("1.1.1.1")] : [IPAddress.Loopback]);
        using var http = new HttpClient(Callouts.CreateHandler(loopback: false, [], Rebinding));
        for (var i = 0; i < 2; i++)
        {
            var fault = Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync($"http://innocent.example:{receiver.Address.Port}/"));
            Assert.That(fault.InnerException ?? fault, Is.InstanceOf<ForbiddenAddressException>());
        }

        Assert.That((asked, receiver.Messages.Count), Is.EqualTo((2, 0)));
        using var allowed = new HttpClient(Callouts.CreateHandler(loopback: true, [], (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback])));
        Assert.That((int)(await allowed.GetAsync($"http://innocent.example:{receiver.Address.Port}/")).StatusCode, Is.EqualTo(204));
    }
}
