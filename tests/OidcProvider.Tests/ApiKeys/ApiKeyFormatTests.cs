using OidcProvider.ApiKeys;

namespace OidcProvider.Tests.ApiKeys;

public class ApiKeyFormatTests
{
    [Test]
    public void A_key_can_be_matched_by_a_scanner_and_names_its_beginning()
    {
        for (var i = 0; i < 200; i++)
        {
            var made = ApiKeyFormat.Create();
            Assert.That(made.Text, Does.Match("^oidck_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$"));
            Assert.That(ApiKeyFormat.PrefixOf(made.Text), Is.EqualTo(made.Prefix));
            Assert.That(made.Hash, Is.EqualTo(ApiKeyFormat.Hash(made.Text)).And.Length.EqualTo(32));
        }
    }

    [Test]
    public void Every_changed_character_is_seen_by_the_checksum()
    {
        var text = ApiKeyFormat.Create().Text;
        for (var i = 0; i < text.Length; i++)
        {
            var wrong = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Assert.That(ApiKeyFormat.PrefixOf(wrong), Is.Null, wrong);
        }
    }

    [TestCase(""), TestCase("oidck_"), TestCase("oidck_abcdefgh"), TestCase("Bearer x"), TestCase("oidck_abcdefgh_0000000000000000000000000000000000000000000000000\n")]
    public void What_is_no_key_has_no_prefix(string text) => Assert.That(ApiKeyFormat.PrefixOf(text), Is.Null);

    [Test]
    public void Only_what_the_holder_may_and_the_maker_may_can_be_granted()
    {
        var narrow = new HashSet<string> { "admin.users.read", "admin.keys.write" };
        Assert.That(ApiKeyRules.Grantable(["api"], ["user-admin"], narrow), Is.EquivalentTo(new[] { "api", "admin.users.read" }));
        Assert.That(ApiKeyRules.Grantable(["api"], [], narrow), Is.EquivalentTo(new[] { "api" }));
    }

    [Test]
    public void Every_fault_of_a_request_is_named_at_once()
    {
        var now = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var faults = ApiKeyRules.Check(new(" ", ["admin.keys.write"], now.AddDays(366)), new HashSet<string> { "api" }, now, new ApiKeysOptions());
        Assert.That(faults.Select(fault => fault.Field), Is.EqualTo(new[] { "name", "scope", "expires_at" }));
        Assert.That(ApiKeyRules.Check(new("ci", ["api"], now.AddDays(365)), new HashSet<string> { "api" }, now, new ApiKeysOptions()), Is.Empty);
    }
}
