using OidcProvider.Audit;

namespace OidcProvider.Tests.Audit;

public class EventKindsTests
{
    [Test]
    public void Every_event_that_is_written_has_a_kind() =>
        Assert.That(EventKinds.Names.Where(name => EventKinds.Of(name) == EventKinds.Other && name.Split('.')[0] is not ("webhook" or "job")), Is.Empty, "give its first part a kind in EventKinds");

    [TestCase("*", "key.rotated", true), TestCase("user.*", "password.changed", true), TestCase("user.*", "client.updated", false), TestCase("signin.failed", "signin.failed", true),
     TestCase("signin.failed", "signin.succeeded", false), TestCase("session.*", "signout", true), TestCase("token.*", "refresh_token.replayed", true), TestCase("key.*", "api_key.made", true), TestCase("password.*", "password.changed", false)]
    public void A_pattern_asks_for_what_it_says(string pattern, string name, bool asks) => Assert.That(EventKinds.Asks(pattern, name), Is.EqualTo(asks));

    [TestCase("*", true), TestCase("user.*", true), TestCase("user.disabled", true), TestCase("nonsense.*", false), TestCase("user", false), TestCase("", false)]
    public void Only_what_can_ever_match_is_a_pattern(string text, bool right) => Assert.That(EventKinds.IsPattern(text), Is.EqualTo(right));
}
