using System.Security.Cryptography;
using OidcProvider.Tokens;

namespace OidcProvider.Tests.Tokens;

public class RefreshFamilyTests
{
    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [TestCase("valid", null, null, 30, "Rotate"), TestCase("redeemed", 29, "valid", 30, "Repeat"), TestCase("redeemed", 30, "valid", 30, "Repeat"), TestCase("redeemed", 31, "valid", 30, "Replay")]
    [TestCase("redeemed", 1, "redeemed", 30, "Replay"), TestCase("redeemed", 1, "revoked", 30, "Replay"), TestCase("redeemed", 1, null, 30, "Replay"), TestCase("redeemed", 0, "valid", 0, "Replay")]
    [TestCase("revoked", null, null, 30, "Refuse"), TestCase(null, null, null, 30, "Refuse")]
    public void A_presented_token_gets_what_it_deserves(string? status, int? redeemedAgo, string? successor, int grace, string verdict) =>
        Assert.That(RefreshFamily.Judge(status, redeemedAgo is { } ago ? Now.AddSeconds(-ago) : null, successor, Now, TimeSpan.FromSeconds(grace)).ToString(), Is.EqualTo(verdict));

    [Test]
    public void A_successor_is_readable_with_its_predecessor_only()
    {
        var hidden = RefreshFamily.Hide("successor", "predecessor");
        Assert.That(RefreshFamily.Reveal(hidden, "predecessor"), Is.EqualTo("successor"));
        Assert.That(() => RefreshFamily.Reveal(hidden, "other"), Throws.InstanceOf<CryptographicException>());
    }

    [Test]
    public void A_jti_carries_its_grant_and_is_never_the_same()
    {
        var grant = Guid.NewGuid();
        var (one, two) = (AccessTokenId.Create(grant), AccessTokenId.Create(grant));
        Assert.That(one, Is.Not.EqualTo(two));
        Assert.That(AccessTokenId.AuthorizationOf(one), Is.EqualTo(grant));
        Assert.That(AccessTokenId.AuthorizationOf(AccessTokenId.Create(null)), Is.Null);
        Assert.That(AccessTokenId.AuthorizationOf("not base64url at all, 43 characters long!!!"), Is.Null);
    }
}
