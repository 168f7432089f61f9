using System.Net;
using OidcProvider.Webhooks;

namespace OidcProvider.Tests.Webhooks;

public class WebhookRulesTests
{
    [TestCase("http://hooks.example/x"), TestCase("https://localhost/x"), TestCase("https://LOCALHOST:8443/"), TestCase("https://a.localhost/"), TestCase("https://127.0.0.1/"), TestCase("https://127.1/"), TestCase("https://2130706433/"),
     TestCase("https://0x7f.1/"), TestCase("https://[::1]/"), TestCase("https://[::ffff:127.0.0.1]/"), TestCase("https://169.254.169.254/latest/meta-data/"), TestCase("https://10.0.0.1/"), TestCase("https://192.168.0.1/"), TestCase("https://[fd00:ec2::254]/"),
     TestCase("https://user:secret@hooks.example/"), TestCase("https://hooks.example/#x"), TestCase("ftp://hooks.example/"), TestCase("file:///etc/passwd"), TestCase("hooks.example"), TestCase(""), TestCase(null)]
    public void A_bad_address_is_refused(string? url) => Assert.That(WebhookRules.Check(new(url, null, ["*"]), loopback: false, []).Select(fault => fault.Field), Is.EqualTo(new[] { "url" }));

    [TestCase("https://hooks.example/x?key=1", false), TestCase("https://1.1.1.1/", false), TestCase("http://127.0.0.1:5000/x", true), TestCase("http://localhost:5000/x", true), TestCase("https://[::1]:1/", true)]
    public void A_good_address_is_taken(string url, bool loopback) => Assert.That(WebhookRules.Check(new(url, null, ["user.*", "key.rotated"]), loopback, []), Is.Empty);

    [Test]
    public void A_private_network_that_the_operator_vouches_for_is_taken() =>
        Assert.That(WebhookRules.Check(new("https://10.1.2.3/", null, ["*"]), loopback: false, [IPNetwork.Parse("10.1.0.0/16")]), Is.Empty);

    [Test]
    public void Unknown_events_are_named() =>
        Assert.That(WebhookRules.Check(new("https://hooks.example/", null, ["user.*", "user.exploded"]), loopback: false, []).Single().Message, Does.StartWith("'user.exploded'"));

    [Test]
    public void A_message_is_signed_as_the_specification_shows()
    {
        // The example of the Standard Webhooks specification's own test suites.
        var secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var signature = WebhookSignature.Of([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), "{\"test\": 2432232314}");
        Assert.That(signature, Is.EqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    [Test]
    public void Waits_grow_to_three_days_in_all_and_then_it_is_given_up()
    {
        var waits = Enumerable.Range(1, WebhookSchedule.MostTries - 1).Select(tries => WebhookSchedule.Wait(tries, null, 0.5)!.Value).ToList();
        Assert.That(waits, Is.Ordered);
        Assert.That(waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait), Is.GreaterThan(TimeSpan.FromDays(3)));
        Assert.That(WebhookSchedule.Wait(WebhookSchedule.MostTries, null, 0), Is.Null);
        Assert.That(WebhookSchedule.Wait(1, TimeSpan.FromMinutes(10), 0), Is.EqualTo(TimeSpan.FromMinutes(10)));
        Assert.That(WebhookSchedule.Wait(1, TimeSpan.FromDays(10), 0), Is.EqualTo(TimeSpan.FromHours(1)));
        Assert.That(WebhookSchedule.Wait(9, TimeSpan.FromMinutes(1), 0), Is.GreaterThan(TimeSpan.FromHours(20)));
    }
}
