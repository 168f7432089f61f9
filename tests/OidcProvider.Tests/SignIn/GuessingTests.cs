using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Languages;
using OidcProvider.SignIn;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.SignIn;

/// <summary>Guessing passwords (ASVS 5.0 6.3.1, 6.3.8; attacks E01, E05, E07), on every database.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class GuessingTests(Database database) : ProviderFixture(database)
{
    private const string Mallory = "mallory@example.test";

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Throttling:LoginAttempts"] = "5", ["Hosting:KnownProxies:0"] = "127.0.0.1" };

    // Each test comes from an address of its own, through a proxy that is known.
    private static int _address;

    [Test]
    public async Task Five_wrong_tries_close_the_account_to_that_browser_and_the_right_password_must_wait()
    {
        var from = Address();
        for (var index = 0; index < 5; index++)
        {
            Assert.That((await TryAsync(from, Given.Bob, "wrong")).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        }

        var refused = await TryAsync(Address(), Given.Bob, Given.Password);
        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(refused.Body, Does.Contain("role=\"alert\"").And.Contain("too many tries"));
        Host.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.That((await TryAsync(from, Given.Bob, Given.Password)).Title, Is.EqualTo("You are signed in"));
    }

    [Test]
    public async Task Of_a_hundred_parallel_guesses_five_are_judged()
    {
        await AddAsync("parallel@example.test");
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(index => TryAsync(Address(), "parallel@example.test", index == 60 ? "wrong too, but unlike the others" : "wrong")));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized), Is.EqualTo(5));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests), Is.EqualTo(95));
    }

    [Test]
    public Task A_name_that_no_database_holds_is_the_name_of_nobody() => Host.InScopeAsync(async services =>
    {
        foreach (var name in new[] { "a\0b@example.test", "a\ud800b@example.test", "' or 1=1 --" })
        {
            Assert.That(await services.GetRequiredService<OidcProvider.Users.UserDirectory>().FindByNameAsync(name), Is.Null);
        }
    });

    [Test]
    public async Task Unknown_wrong_and_disabled_are_answered_alike_and_an_unknown_name_runs_out_too()
    {
        await AddAsync("disabled@example.test");
        await Host.InScopeAsync(services => services.DisableUserAsync("disabled@example.test"));
        await AddAsync("known@example.test");
        var bodies = new List<(HttpStatusCode Status, string Body)>();
        foreach (var (name, password) in new[] { ("nobody@example.test", Given.Password), ("known@example.test", "wrong"), ("disabled@example.test", Given.Password) })
        {
            var page = await TryAsync(Address(), name, password);
            bodies.Add((page.Status, Normal(page.Body, name)));
        }

        Assert.That(bodies.Distinct().Count(), Is.EqualTo(1));
        for (var index = 0; index < 4; index++)
        {
            await TryAsync(Address(), "nobody@example.test", "wrong");
        }

        Assert.That((await TryAsync(Address(), "nobody@example.test", "wrong")).Status, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public async Task Ten_failures_lock_the_account_but_not_the_browser_that_knows_it_and_the_mail_unlocks_it()
    {
        await AddAsync(Mallory);
        using var known = new UserAgent(Host.Issuer);
        Assert.That((await TryAsync(Address(), Mallory, Given.Password, known)).Title, Is.EqualTo("You are signed in"));
        await known.SubmitAsync(await known.GetAsync("/logout"), "sign-out");
        for (var index = 0; index < 10; index++)
        {
            if (index == 5)
            {
                Host.Time.Advance(TimeSpan.FromMinutes(16));
            }

            Assert.That((await TryAsync(Address(), Mallory, "wrong")).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        }

        Host.Time.Advance(TimeSpan.FromMinutes(16));
        var locked = await TryAsync(Address(), Mallory, Given.Password);
        Assert.That((locked.Status, locked.Body.Contains(Words.In(Language.English)[LoginModel.Wrong], StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.Unauthorized, true)), "the page does not say that it is locked");
        Assert.That((await TryAsync(Address(), Mallory, Given.Password, known)).Title, Is.EqualTo("You are signed in"), "its owner gets in");

        // The owner's sign-in ended the lock; a stranger locks it again.
        Host.Time.Advance(TimeSpan.FromMinutes(16));
        for (var index = 0; index < 10; index++)
        {
            if (index == 5)
            {
                Host.Time.Advance(TimeSpan.FromMinutes(16));
            }

            await TryAsync(Address(), Mallory, "wrong");
        }

        var link = await new Mailbox(Host).LinkAsync(Mallory, "locked", number: 2);
        using var browser = new UserAgent(Host.Issuer);
        var page = await browser.GetAsync(link);
        Assert.That(page.Title, Is.EqualTo("Unlock your account"));
        Host.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.That((await TryAsync(Address(), Mallory, Given.Password)).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "the link alone changes nothing");
        Assert.That((await browser.SubmitAsync(page)).Title, Is.EqualTo("Your account is unlocked"));
        Assert.That((await TryAsync(Address(), Mallory, Given.Password)).Title, Is.EqualTo("You are signed in"));
        Assert.That((await browser.GetAsync(link)).Status, Is.EqualTo(HttpStatusCode.BadRequest), "once");
    }

    private static string Normal(string body, string name) =>
        System.Text.RegularExpressions.Regex.Replace(body.Replace(name, "NAME", StringComparison.Ordinal), "(__RequestVerificationToken\"[^>]*value=\"|name=\"__RequestVerificationToken\" type=\"hidden\" value=\")[^\"]*", "");

    private static string Address() => $"198.51.{Interlocked.Increment(ref _address) / 250}.{1 + (_address % 250)}";

    private Task AddAsync(string email) => Host.InScopeAsync(services => services.GetRequiredService<OidcProvider.Users.UserDirectory>()
        .AddAsync(new OidcProvider.Users.UserDefinition { Email = email, Password = Given.Password, EmailVerified = true }, "test"));

    private async Task<Page> TryAsync(string address, string user, string password, UserAgent? agent = null)
    {
        using var own = agent is null ? new UserAgent(Host.Issuer) : null;
        agent ??= own!;
        var (action, fields) = UserAgent.Form(await agent.GetAsync("/login"));
        fields.RemoveAll(field => field.Key is "Username" or "Password");
        using var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent([.. fields, new("Username", user), new("Password", password)]) };
        request.Headers.Add("X-Forwarded-For", address);
        var page = await agent.SendAsync(request);
        return page.Location is { } next ? await agent.GetAsync(next.PathAndQuery) : page;
    }
}
