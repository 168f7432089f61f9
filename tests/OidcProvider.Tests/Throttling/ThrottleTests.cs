using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;
using OidcProvider.Throttling;

namespace OidcProvider.Tests.Throttling;

/// <summary>The counting of tries, on every database.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class ThrottleTests(Database database) : ProviderFixture(database)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    [Test]
    public async Task Of_a_hundred_parallel_tries_exactly_the_allowed_number_gets_through()
    {
        var key = Throttle.Key("test", Guid.NewGuid().ToString());
        var taken = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => TakeAsync(key)));
        Assert.That(taken.Count(got => got), Is.EqualTo(5));
    }

    [Test]
    public async Task A_window_that_is_over_begins_anew_and_a_right_try_is_given_back()
    {
        var key = Throttle.Key("test", Guid.NewGuid().ToString());
        for (var index = 0; index < 5; index++)
        {
            Assert.That(await TakeAsync(key), Is.True);
        }

        Assert.That(await TakeAsync(key), Is.False);
        await Host.InScopeAsync(services => services.GetRequiredService<Throttle>().GiveBackAsync(key));
        Assert.That(await TakeAsync(key), Is.True);
        Assert.That(await TakeAsync(key), Is.False);
        Host.Time.Advance(Window + TimeSpan.FromSeconds(1));
        Assert.That(await TakeAsync(key), Is.True);
    }

    private async Task<bool> TakeAsync(string key)
    {
        var got = false;
        await Host.InScopeAsync(async services => got = await services.GetRequiredService<Throttle>().TakeAsync(key, 5, Window));
        return got;
    }
}

/// <summary>Guessing a client's secret (RFC 6749 §10.10).</summary>
public class ClientGuessesTests : ProviderFixture
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Throttling:ClientAttempts"] = "5" };

    [Test]
    public async Task Wrong_secrets_run_out_for_that_client_and_then_the_right_one_must_wait_too()
    {
        using var guesser = new RelyingParty(Host, Given.Worker, secret: "wrong-wrong-wrong-wrong-wrong-wrong");
        using var client = Client(Given.Worker);
        using var other = Client(Given.Api);
        for (var index = 0; index < 5; index++)
        {
            Assert.That((await guesser.TokenAsync(("grant_type", "client_credentials"))).Error, Is.EqualTo("invalid_client"));
        }

        await guesser.TokenAsync(("grant_type", "client_credentials"));
        var refused = await client.TokenAsync(("grant_type", "client_credentials"));
        Assert.That((refused.Error, refused["error_description"]), Is.EqualTo(("invalid_client", "Too many wrong secrets from this address. Wait, then try again with the right one.")));
        Assert.That(refused.Response.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.FromMinutes(14)));
        Assert.That((await other.TokenAsync(("grant_type", "client_credentials"))).Error, Is.Null, "another client is not held up");

        Host.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.That((await client.TokenAsync(("grant_type", "client_credentials"))).Error, Is.Null);
    }

    [Test]
    public async Task An_unknown_client_is_answered_in_the_same_words_as_a_wrong_secret()
    {
        using var unknown = new RelyingParty(Host, "nobody", secret: "wrong-wrong-wrong-wrong-wrong-wrong");
        using var known = new RelyingParty(Host, Given.Web, secret: "wrong-wrong-wrong-wrong-wrong-wrong");
        var answers = new[] { await unknown.TokenAsync(("grant_type", "client_credentials")), await known.TokenAsync(("grant_type", "client_credentials")) };
        Assert.That(answers.Select(answer => (answer.Error, answer["error_description"])).Distinct().Count(), Is.EqualTo(1));
    }
}
