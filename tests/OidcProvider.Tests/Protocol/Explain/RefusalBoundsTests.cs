using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Protocol.Explain;

namespace OidcProvider.Tests.Protocol.Explain;

/// <summary>A flood of wrong requests neither fills the database nor pushes out what others need, and nothing secret is kept.</summary>
public class RefusalBoundsTests
{
    [Test]
    public void A_minute_admits_so_many_of_a_client_and_so_many_in_all()
    {
        var budget = new RefusalBudget();
        var now = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        Assert.That(Enumerable.Range(0, 1000).Count(_ => budget.Admits("loud", now)), Is.EqualTo(RefusalBudget.OfAClient));
        Assert.That(budget.Admits("quiet", now), Is.True);
        Assert.That(Enumerable.Range(0, 5000).Count(number => budget.Admits($"c{number}", now)), Is.EqualTo(RefusalBudget.InAll - RefusalBudget.OfAClient - 1));
        Assert.That(budget.Admits("loud", now.AddMinutes(1)), Is.True);
    }

    [Test]
    public async Task Only_the_newest_of_a_client_are_kept_and_all_go_after_a_day()
    {
        await using var services = await TestServices.CreateAsync();
        var now = services.Time.GetUtcNow().UtcDateTime;
        services.Database.RefusedRequests.AddRange(Enumerable.Range(0, RefusedRequests.MostOfAClient + 20).Select(number => new RefusedRequest { Id = $"{number:x20}", At = now.AddSeconds(-number), Endpoint = "token", ClientId = "loud", Error = "invalid_client" }));
        await services.Database.SaveChangesAsync();
        var refused = services.Get<RefusedRequests>();
        Assert.That(await refused.TrimAsync(["loud"], CancellationToken.None), Is.EqualTo(20));
        Assert.That(await services.Database.RefusedRequests.AnyAsync(row => row.Id == $"{0:x20}"), Is.True);
        services.Time.Advance(TimeSpan.FromHours(25));
        Assert.That(await refused.Known.CountAsync(), Is.Zero);
        Assert.That(await refused.TrimAsync([], CancellationToken.None), Is.EqualTo(RefusedRequests.MostOfAClient));
    }

    [Test]
    public void Of_what_may_be_secret_only_the_length_is_kept()
    {
        var kept = Redaction.Of(new Dictionary<string, string>
        {
            ["client_secret"] = "s3cret", ["code"] = "c0de", ["refresh_token"] = "t0ken", ["password"] = "pw", ["clientSecret"] = "s3cret", ["id_token_hint"] = "h1nt", ["state"] = "st4te", ["scope"] = "openid\r\nx",
        });
        Assert.That(string.Join(' ', kept.Values), Does.Not.Contain("s3cret").And.Not.Contain("c0de").And.Not.Contain("t0ken").And.Not.Contain("pw").And.Not.Contain("h1nt").And.Not.Contain("st4te"));
        Assert.That((kept["scope"], kept["clientSecret"]), Is.EqualTo(("openid··x", "[redacted, 6 characters]")));
    }

    [TestCase("https://rp.test/cb", "https://rp.test/cb/", "a trailing slash")]
    [TestCase("https://rp.test/cb", "https://rp.test/CB", "upper and lower case")]
    [TestCase("https://rp.test/cb", "https://rp.test/cb#x", "a fragment")]
    [TestCase("https://rp.test/cb?a=1", "https://rp.test/cb?a=2", "its query")]
    [TestCase("https://rp.test/cb", "http://other.test/x", null)]
    public void Addresses_are_compared_part_by_part(string registered, string presented, string? by) => Assert.That(RedirectTopic.Difference(registered, presented), Is.EqualTo(by));
}
