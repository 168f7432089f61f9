using System.Text.Json.Nodes;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Tests.Users;

[Parallelizable(ParallelScope.All)]
internal sealed class UserRulesTests
{
    private static readonly UserDefinition Alice = new() { Email = "alice@example.test", Password = "correct horse battery staple" };

    public static IEnumerable<UserDefinition> Good() =>
    [
        Alice,
        Alice with { Email = "ünïcode@exämple.test" },
        Alice with { Password = null },
        Alice with { Password = "пароль из слов" + " и ещё" },
        Alice with { Birthdate = "1990-02-28", Picture = "https://example.test/a.png" },
        Alice with { Birthdate = "0000-02-29" },
        Alice with { Birthdate = "1990" },
        Alice with { Roles = ["admin", "team:read"], Claims = new JsonObject { ["department"] = "R&D", ["limits"] = new JsonArray(1, 2) } },
        Alice with { Address = new() { Formatted = "1 Street\nTown" } },
    ];

    [TestCaseSource(nameof(Good))]
    public void A_sound_user_has_no_faults(UserDefinition user) => Assert.That(UserRules.Check(user, 15), Is.Empty);

    public static IEnumerable<TestCaseData> Bad() =>
    [
        new(Alice with { Email = "" }, "email"),
        new(Alice with { Email = "alice" }, "email"),
        new(Alice with { Email = "a b@example.test" }, "email"),
        new(Alice with { Email = "a@b@example.test" }, "email"),
        new(Alice with { Email = "a@example.test\n" }, "email"),
        new(Alice with { Password = "fourteen chars" }, "password"),
        new(Alice with { Password = new string('x', 257) }, "password"),
        new(Alice with { Website = "javascript:alert(1)" }, "website"),
        new(Alice with { Picture = "/me.png" }, "picture"),
        new(Alice with { Birthdate = "2. 1. 1990" }, "birthdate"),
        new(Alice with { Birthdate = "1990-13-01" }, "birthdate"),
        new(Alice with { GivenName = "" }, "given_name"),
        new(Alice with { Nickname = "a\0b" }, "nickname"),
        new(Alice with { Roles = ["ok", "not ok"] }, "roles[1]"),
        new(Alice with { Claims = new JsonObject { ["sub"] = "someone else" } }, "claims.sub"),
        new(Alice with { Claims = new JsonObject { ["roles"] = new JsonArray("admin") } }, "claims.roles"),
        new(Alice with { Claims = new JsonObject { ["email_verified"] = true } }, "claims.email_verified"),
        new(Alice with { Address = new() { Locality = "a\u0007" } }, "address.locality"),
    ];

    [TestCaseSource(nameof(Bad))]
    public void A_fault_is_named_by_its_field(UserDefinition user, string field) =>
        Assert.That(UserRules.Check(user, 15), Has.Some.Matches<Problem>(problem => problem.Field == field));

    [Test]
    public void Letters_made_of_several_code_points_count_once() =>
        Assert.That(UserRules.PasswordFault(string.Concat(Enumerable.Repeat("👩‍👩‍👧", 14)), 15), Is.Not.Null);
}
