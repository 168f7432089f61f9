using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.SignIn;

/// <summary>Nobody can lock the owner of an account out by guessing (attack E07, ASVS 5.0 6.3.1).</summary>
public class LockoutTests : ProviderFixture
{
    private const string Victim = "victim@example.test";
    private const int Guesses = 10_000;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Throttling:LoginAttempts"] = "5", ["Hosting:KnownProxies:0"] = "127.0.0.1" };

    [Test]
    public async Task E07_ten_thousand_guesses_from_everywhere_do_not_keep_the_owner_out()
    {
        await Host.InScopeAsync(services => services.GetRequiredService<OidcProvider.Users.UserDirectory>()
            .AddAsync(new OidcProvider.Users.UserDefinition { Email = Victim, Password = Given.Password, EmailVerified = true }, "test"));
        using var known = Browser();
        Assert.That((await TryAsync(known, 0, Given.Password)).Location, Is.Not.Null);
        await known.SubmitAsync(await known.GetAsync("/logout"), "sign-out");

        var answers = await GuessAsync(1, Guesses / 2);
        // The second window: five more are judged, and the account is locked.
        Host.Time.Advance(TimeSpan.FromMinutes(16));
        answers.AddRange(await GuessAsync(1 + (Guesses / 2), Guesses / 2));
        Assert.That(answers.Count(status => status == HttpStatusCode.Unauthorized), Is.EqualTo(10), "five of a window are judged");
        Assert.That(answers.Count(status => status == HttpStatusCode.TooManyRequests), Is.EqualTo(Guesses - 10));

        Host.Time.Advance(TimeSpan.FromMinutes(16));
        using var stranger = Browser();
        Assert.That((await TryAsync(stranger, Guesses + 1, Given.Password)).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "locked for browsers it does not know");
        Assert.That((await TryAsync(known, Guesses + 2, Given.Password)).Location, Is.Not.Null, "its owner gets in");
    }

    private async Task<List<HttpStatusCode>> GuessAsync(int first, int count)
    {
        using var attacker = Browser();
        var form = UserAgent.Form(await attacker.GetAsync("/login"));
        var answers = new HttpStatusCode[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (index, _) =>
            answers[index] = (await PostAsync(attacker, form, first + index, $"wrong {index}")).Status);
        return [.. answers];
    }

    private static async Task<Page> TryAsync(UserAgent browser, int from, string password) => await PostAsync(browser, UserAgent.Form(await browser.GetAsync("/login")), from, password);

    // Each from an address of its own, through a proxy that is known.
    private static async Task<Page> PostAsync(UserAgent browser, (string Action, List<KeyValuePair<string, string>> Fields) form, int from, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, form.Action)
        {
            Content = new FormUrlEncodedContent([.. form.Fields.Where(field => field.Key is not ("Username" or "Password")), new("Username", Victim), new("Password", password)]),
        };
        request.Headers.Add("X-Forwarded-For", $"198.{51 + (from >> 16)}.{(from >> 8) & 255}.{from & 255}");
        return await browser.SendAsync(request);
    }
}
