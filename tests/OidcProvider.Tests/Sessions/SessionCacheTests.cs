using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Users;
using StackExchange.Redis;

namespace OidcProvider.Tests.Sessions;

/// <summary>A real Redis in front of the sessions: it helps when it is there and costs nobody anything when it is not.</summary>
[NonParallelizable]
public class SessionCacheTests : ProviderFixture
{
    private readonly RedisServer _redis = new();

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["ConnectionStrings:Redis"] = $"127.0.0.1:{_redis.Port},connectTimeout=1000" };

    [OneTimeTearDown]
    public void Stop() => _redis.Dispose();

    [Test, Order(1)]
    public async Task A_session_lies_there_sealed_for_less_than_a_second_and_saves_the_database_the_question()
    {
        var (user, browser) = await SignedInAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_redis.Port},allowAdmin=true");
        var server = connection.GetServer("127.0.0.1", _redis.Port);
        using var spy = new SqlSpy(Host);
        var served = false;
        for (var tries = 0; tries < 20 && !served; tries++)
        {
            // The first look may find the connection not standing yet, the second the second over.
            await browser.GetAsync("/logout");
            spy.Take();
            await browser.GetAsync("/logout");
            served = spy.Take().Length == 0;
        }

        Assert.That(served, Is.True, "the second request of a second reads nothing");
        await browser.GetAsync("/logout");
        var keys = server.Keys(pattern: "oidc:session:*").ToList();
        Assert.That(keys, Is.Not.Empty);
        foreach (var key in keys)
        {
            var (value, life) = ((byte[]?)await connection.GetDatabase().StringGetAsync(key), await connection.GetDatabase().KeyTimeToLiveAsync(key));
            Assert.That(value is null || !System.Text.Encoding.UTF8.GetString(value).Contains(user, StringComparison.OrdinalIgnoreCase), Is.True);
            Assert.That(life ?? TimeSpan.Zero, Is.LessThan(TimeSpan.FromSeconds(1)));
        }
    }

    [Test, Order(2)]
    public async Task What_ends_or_changes_is_seen_at_once()
    {
        var (user, browser) = await SignedInAsync();
        using var other = Browser();
        await other.SignInAsync(await other.GetAsync("/login"), user);
        await other.GetAsync("/account");
        Assert.That((await browser.SubmitAsync(await browser.GetAsync("/account"), null, ("GivenName", "Zora"))).Body, Does.Contain("value=\"Zora\""), "one's own change");
        await browser.PostAsync("/account/sessions?handler=Others", Tokens(await browser.GetAsync("/account/sessions")));
        Assert.That((await other.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
        await Host.InScopeAsync(services => services.DisableUserAsync(user));
        Assert.That((await browser.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
    }

    [Test, Order(3)]
    public async Task An_end_that_Redis_never_heard_of_is_seen_within_a_second()
    {
        var (user, browser) = await SignedInAsync();
        await browser.GetAsync("/account");
        // As if another process had ended it and its word to Redis were lost.
        await Host.InScopeAsync(async services =>
        {
            var id = (await services.GetRequiredService<UserDirectory>().FindByNameAsync(user))!.Id;
            await using var scope = Host.Services.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<OidcProvider.Data.AppDbContext>();
            await Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.ExecuteUpdateAsync(database.Sessions.Where(row => row.UserId == id), update => update.SetProperty(row => row.EndedAt, Host.Time.GetUtcNow().UtcDateTime));
        });
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await browser.GetAsync("/account")).Title != "Sign in")
        {
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)), "a look takes its time on a busy machine; that no copy lives for a second is shown above");
            await timer.WaitForNextTickAsync();
        }
    }

    [Test, Order(4)]
    public async Task What_somebody_else_puts_there_opens_nothing()
    {
        var (_, browser) = await SignedInAsync();
        using var stranger = Browser();
        const string Handle = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        stranger.Cookies.Add(new Cookie(browser.Cookies.GetCookies(Host.Issuer).Single(cookie => cookie.Name.Contains("session", StringComparison.Ordinal)).Name, Handle, "/", Host.Issuer.Host));
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_redis.Port}");
        var key = $"oidc:session:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Handle)))}";
        foreach (var value in new byte[][] { [], [1], new byte[200], "{\"Session\":{}}"u8.ToArray() })
        {
            await connection.GetDatabase().StringSetAsync(key, value);
            Assert.That((await stranger.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
        }
    }

    [Test, Order(5)]
    public async Task An_empty_a_hanging_and_a_dead_Redis_sign_nobody_out_and_let_everybody_in()
    {
        var (_, browser) = await SignedInAsync();
        await using (var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_redis.Port},allowAdmin=true"))
        {
            await connection.GetServer("127.0.0.1", _redis.Port).FlushAllDatabasesAsync();
        }

        Assert.That((await browser.GetAsync("/account")).Title, Is.EqualTo("Your account"), "empty");
        _redis.Signal("STOP");
        Assert.That((await browser.GetAsync("/account")).Title, Is.EqualTo("Your account"), "stopped");
        await SignedInAsync();
        _redis.Signal("CONT");
        _redis.Dispose();
        for (var index = 0; index < 3; index++)
        {
            Assert.That((await browser.GetAsync("/account")).Title, Is.EqualTo("Your account"), "dead");
            await SignedInAsync();
        }

        Assert.That((await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out")).Title, Is.EqualTo("You are signed out"));
        Assert.That((await browser.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
    }
}
