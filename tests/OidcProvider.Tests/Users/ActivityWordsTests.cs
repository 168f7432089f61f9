using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Languages;
using OidcProvider.Users;

namespace OidcProvider.Tests.Users;

public class ActivityWordsTests
{
    // What is about something else than an account, or about one that is gone: no user sees it among what happened to theirs.
    private static readonly string[] AboutNobody = ["client", "scope", "key", "role", "webhook", "job", "code", "refresh_token", "token", "user.deleted"];

    private static IEnumerable<string> Tags => Language.All.Select(language => language.Tag);

    [TestCaseSource(nameof(Tags))]
    public void Every_event_that_users_see_has_words(string tag)
    {
        var words = Words.In(Language.Find(tag)!);
        var shown = EventKinds.Names.Where(name => !AboutNobody.Contains(name) && !AboutNobody.Contains(name.Split('.')[0])).ToList();
        Assert.That(shown, Does.Contain(AuditEvents.PasswordChanged).And.Contain(AuditEvents.UserDisabled).And.Contain(AuditEvents.ApiKeyMade));
        Assert.That(shown.Where(name => ActivityWords.Of(words, new AuditRecord { Event = name }) == name), Is.Empty);
    }

    [Test]
    public void A_reason_may_have_words_of_its_own_and_an_unknown_event_has_its_name()
    {
        var english = Words.In(Language.English);
        Assert.That(ActivityWords.Of(english, new AuditRecord { Event = AuditEvents.SignInFailed, Reason = "throttled" }), Is.EqualTo("A sign-in was held up: too many tries"));
        Assert.That(ActivityWords.Of(english, new AuditRecord { Event = AuditEvents.SignInFailed, Reason = "wrong_password" }), Is.EqualTo("A sign-in failed"));
        Assert.That(ActivityWords.Of(english, new AuditRecord { Event = AuditEvents.SignedOut, Actor = "one", Subject = "one" }), Is.EqualTo("Signed out"));
        Assert.That(ActivityWords.Of(english, new AuditRecord { Event = AuditEvents.SignedOut, Actor = "other", Subject = "one" }), Is.EqualTo("Signed out by an administrator"));
        Assert.That(ActivityWords.Of(english, new AuditRecord { Event = "of.tomorrow" }), Is.EqualTo("of.tomorrow"));
    }
}
