using OidcProvider.Languages;

namespace OidcProvider.Tests.Languages;

public class LanguageChoiceTests
{
    [TestCase("de", "de"), TestCase("de-AT", "de"), TestCase("DE_ch", "de"), TestCase("fr-CA", "fr"), TestCase("es-419", "es"), TestCase("en-GB-oed", "en")]
    [TestCase("zh", "zh-Hans"), TestCase("zh-CN", "zh-Hans"), TestCase("zh-Hans-SG", "zh-Hans"), TestCase("zh-Hans-HK", "zh-Hans")]
    [TestCase("zh-TW", null), TestCase("zh-Hant", null), TestCase("zh-hk", null), TestCase("it", null), TestCase("", null), TestCase("-", null), TestCase("d", null), TestCase("<script>", null)]
    public void A_tag_means_the_language_it_begins_with(string tag, string? expected) => Assert.That(Language.Find(tag)?.Tag, Is.EqualTo(expected));

    [TestCase("fr", null, "de", "es", "fr")]
    [TestCase("it pt-BR fr", null, "de", "es", "fr")]
    [TestCase("it", null, "de", "es", "de")]
    [TestCase(null, "fr es", "de", "es", "fr")]
    [TestCase(null, null, "de", "es", "de")]
    [TestCase(null, null, null, "es", "es")]
    [TestCase(null, null, "xx", "it, es-MX;q=0.4, fr;q=0.8", "fr")]
    [TestCase(null, null, null, "de;q=0, es;q=0.1", "es")]
    [TestCase(null, null, null, "zh-TW, de;q=0.5", "de")]
    [TestCase(null, null, null, "*", "en")]
    [TestCase(null, null, null, "garbage;;;q=x,,", "en")]
    [TestCase(null, null, null, null, "en")]
    public void The_app_comes_before_the_menu_and_the_menu_before_the_browser(string? uiLocales, string? flow, string? menu, string? accept, string expected) =>
        Assert.That(new LanguageChoice(uiLocales, flow, menu, null, [accept]).Decide().Tag, Is.EqualTo(expected));

    [TestCase(null, null, "fr-CA", "es", "fr")]
    [TestCase(null, "de", "fr", "es", "de")]
    [TestCase("zh", null, "fr", "es", "zh-Hans")]
    [TestCase(null, null, "it", "es", "es")]
    public void The_account_comes_after_the_menu_and_before_the_browser(string? uiLocales, string? menu, string? account, string? accept, string expected) =>
        Assert.That(new LanguageChoice(uiLocales, null, menu, account, [accept]).Decide().Tag, Is.EqualTo(expected));

    [Test]
    public void Who_uses_the_menu_has_declined_what_that_app_asks_for_and_no_more()
    {
        Assert.That(new LanguageChoice("fr", "!fr", "de", null, []).Decide().Tag, Is.EqualTo("de"));
        Assert.That(new LanguageChoice(null, "!fr", "de", null, []).Decide().Tag, Is.EqualTo("de"));
        Assert.That(new LanguageChoice("es", "!fr", "de", null, []).Decide().Tag, Is.EqualTo("es"));
    }

    [Test]
    public void Days_and_counts_are_written_as_the_language_does()
    {
        var day = new DateTime(2026, 3, 7, 14, 5, 0, DateTimeKind.Utc);
        Assert.That(Language.All.Select(language => Words.In(language).Moment(day)), Is.EqualTo(new[] { "7 Mar 2026 14:05 UTC", "7. März 2026 14:05 UTC", "7 mars 2026 14:05 UTC", "7 mar 2026 14:05 UTC", "2026年3月7日 14:05 UTC" }));
        Assert.That(Words.In(Language.Find("fr")!).Count("profile.protected_passkeys", 0), Does.EndWith("0 clé d’accès."));
        Assert.That(Words.In(Language.Find("de")!).Count("profile.protected_passkeys", 2), Does.EndWith("2 Passkeys."));
    }

    [Test]
    public void What_people_typed_is_text_in_a_page_and_keeps_its_direction()
    {
        var html = Words.In(Language.English).Html("consent.wants", ("app", "<b>שלום</b> & Co")).ToString();
        Assert.That(html, Is.EqualTo("<bdi>&lt;b&gt;שלום&lt;/b&gt; &amp; Co</bdi> wants to"));
        Assert.That(() => Words.In(Language.English)["no.such_key"], Throws.InstanceOf<KeyNotFoundException>());
    }
}
