using OidcProvider.Keys;

namespace OidcProvider.Tests.Keys;

public class KeyScheduleTests
{
    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1), Rotate = TimeSpan.FromDays(90);

    private static ScheduledKey Key(string id, int generation, DateTime activate, DateTime? revoked = null) => new(id, "RS256", generation, activate, revoked);

    [Test]
    public void The_first_key_signs_at_once() => Assert.That(KeySchedule.NextActivation([], Now, Rotate, Day), Is.EqualTo(Now));

    [Test]
    public void The_next_key_is_announced_a_day_before_it_signs()
    {
        var keys = new[] { Key("a", 1, Now) };
        Assert.That(KeySchedule.NextActivation(keys, Now.AddDays(88), Rotate, Day), Is.Null);
        Assert.That(KeySchedule.NextActivation(keys, Now.AddDays(89), Rotate, Day), Is.EqualTo(Now.AddDays(90)));
    }

    [Test]
    public void A_server_that_was_off_for_long_still_announces_first() =>
        Assert.That(KeySchedule.NextActivation([Key("a", 1, Now)], Now.AddDays(500), Rotate, Day), Is.EqualTo(Now.AddDays(501)));

    [Test]
    public void While_one_is_announced_no_other_is_made() =>
        Assert.That(KeySchedule.NextActivation([Key("a", 1, Now), Key("b", 2, Now.AddDays(90))], Now.AddDays(89.5), Rotate, Day), Is.Null);

    [Test]
    public void After_a_revocation_an_announced_one_does_not_help() =>
        Assert.That(KeySchedule.NextActivation([Key("a", 1, Now, Now.AddDays(89.5)), Key("b", 2, Now.AddDays(90))], Now.AddDays(89.6), Rotate, Day), Is.EqualTo(Now.AddDays(89.6)));

    [Test]
    public void After_a_revocation_the_next_one_cannot_wait() =>
        Assert.That(KeySchedule.NextActivation([Key("a", 1, Now, Now.AddDays(1))], Now.AddDays(2), Rotate, Day), Is.EqualTo(Now.AddDays(2)));

    [Test]
    public void Keys_that_nothing_can_need_are_over_and_the_newest_never_is()
    {
        var keys = new[] { Key("old", 1, Now), Key("leaked", 2, Now.AddDays(90), Now.AddDays(100)), Key("signs", 3, Now.AddDays(100)) };
        Assert.That(KeySchedule.Over(keys, Now.AddDays(129), TimeSpan.FromDays(30)), Is.Empty, "what they signed may still be valid");
        Assert.That(KeySchedule.Over(keys, Now.AddDays(130), TimeSpan.FromDays(30)), Is.EquivalentTo(new[] { "old", "leaked" }));
        Assert.That(KeySchedule.Over([Key("only", 1, Now, Now.AddDays(1))], Now.AddDays(900), TimeSpan.FromDays(30)), Is.Empty, "its number must not be given again");
    }

    [Test]
    public void Each_key_passes_through_its_phases_and_exactly_one_signs()
    {
        var keys = new[] { Key("a", 1, Now), Key("b", 2, Now.AddDays(90)), Key("c", 3, Now.AddDays(180)) };
        foreach (var (day, expected) in new[]
        {
            (89, "Signing Announced Announced"), (90, "Retired Signing Announced"), (119, "Retired Signing Announced"), (120, "Expired Signing Announced"), (180, "Expired Retired Signing"),
        })
        {
            var phases = KeySchedule.Phases(keys, Now.AddDays(day), TimeSpan.FromDays(30));
            Assert.That($"{phases["a"]} {phases["b"]} {phases["c"]}", Is.EqualTo(expected), $"day {day}");
        }
    }

    [Test]
    public void Two_keys_of_the_same_second_do_not_both_sign()
    {
        var phases = KeySchedule.Phases([Key("a", 1, Now), Key("b", 2, Now)], Now, Day);
        Assert.That((phases["a"], phases["b"]), Is.EqualTo((KeyPhase.Retired, KeyPhase.Signing)));
    }
}
