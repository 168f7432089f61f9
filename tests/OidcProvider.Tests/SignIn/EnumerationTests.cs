using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;
using OidcProvider.Throttling;
using OidcProvider.Users;

namespace OidcProvider.Tests.SignIn;

/// <summary>
/// Nobody learns which accounts exist (ASVS 5.0 6.3.8; attacks E01, E03): the same words, status, headers and cookies, and the same work. Time is
/// compared by what takes it, the password hash and the statements, which a busy test machine does not blur.
/// </summary>
[NonParallelizable]
public partial class EnumerationTests : ProviderFixture
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Users:AllowRegistration"] = "true", ["Throttling:LockoutAfter"] = "3" };

    [Test]
    public async Task E01_unknown_wrong_disabled_unconfirmed_and_locked_differ_in_nothing_and_cost_the_same()
    {
        var (known, disabled, unconfirmed) = (await UserAsync(), await UserAsync(), $"u{Guid.NewGuid():N}@example.test");
        await Host.InScopeAsync(async services =>
        {
            await services.DisableUserAsync(disabled);
            await services.GetRequiredService<UserDirectory>().AddAsync(new UserDefinition { Email = unconfirmed, Password = Given.Password, EmailVerified = false }, "test");
        });
        await WarmUpAsync();
        using var spy = new SqlSpy(Host);
        string[] names = [$"u{Guid.NewGuid():N}@example.test", known, disabled, unconfirmed];
        // With the third failure each is locked, the one that does not exist too, and stays so.
        for (var round = 1; round <= 5; round++)
        {
            List<(HttpStatusCode, string, string, string)> seen = [];
            List<string> costs = [];
            foreach (var name in names)
            {
                using var browser = Browser();
                var login = await browser.GetAsync("/login");
                spy.Take();
                var page = await browser.SignInAsync(login, name, round == 5 && name == known ? Given.Password : "wrong");
                // The mail to the owner of an account that is locked is one insert more among those of one commit.
                costs.Add(Inserts().Replace(spy.Take(), "INSERT "));
                seen.Add((page.Status, Plain(page.Body, name), string.Join(',', page.Response.Headers.Select(header => header.Key).Order(StringComparer.Ordinal)), page.Header("Set-Cookie").Split('=')[0]));
            }

            Assert.That(seen.Distinct().Count(), Is.EqualTo(1), $"round {round}: {string.Join(" | ", seen)}");
            Assert.That(costs.Distinct().Count(), Is.EqualTo(1), $"round {round}: {string.Join(" | ", costs)}");
            Assert.That(seen[0].Item1, Is.EqualTo(HttpStatusCode.Unauthorized));
        }
    }

    [Test]
    public async Task E03_asking_for_a_link_costs_the_same_for_an_address_that_nobody_has()
    {
        var (known, other) = (await UserAsync(), await UserAsync());
        await WarmUpAsync();
        using var spy = new SqlSpy(Host);
        List<(HttpStatusCode, string)> seen = [];
        List<string> costs = [];
        foreach (var name in new[] { known, "nobody-here@example.test", other, "nobody-there@example.test" })
        {
            using var browser = Browser();
            var form = await browser.GetAsync("/password/forgot");
            spy.Take();
            var page = await browser.SubmitAsync(form, null, ("Username", name));
            // One insert more among those of one commit: the mail itself.
            costs.Add(Inserts().Replace(spy.Take(), "INSERT "));
            seen.Add((page.Status, Plain(page.Body, name)));
        }

        Assert.That(seen.Distinct().Count(), Is.EqualTo(1));
        Assert.That(costs.Distinct().Count(), Is.EqualTo(1), string.Join(" | ", costs));
    }

    [Test]
    public async Task E03_a_taken_address_is_answered_like_a_free_one_in_every_spelling_and_its_owner_is_told()
    {
        var owner = await UserAsync();
        var (_, browser) = await SignedInAsync();
        foreach (var spelling in new[] { owner, owner.ToUpperInvariant(), $" {owner} " })
        {
            var page = await browser.SubmitAsync(await browser.GetAsync("/account/email"), null, ("Email", spelling));
            Assert.That((page.Status, page.Body.Contains("Check the mail at the new address", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.OK, true)), spelling);
        }

        Assert.That((await new Mailbox(Host).WaitAsync(owner, "wanted to use")).TextBody, Does.Not.Contain("token="));
        using var stranger = Browser();
        var registered = await stranger.SubmitAsync(await stranger.GetAsync("/register"), null, ("Email", owner.ToUpperInvariant()), ("Password", "seven purple umbrellas walking"));
        Assert.That((registered.Status, registered.Title), Is.EqualTo((HttpStatusCode.OK, "Check your mail")));
        await new Mailbox(Host).WaitAsync(owner, "already");
    }

    [TestCase("198.51.100.7", "198.51.100.7"), TestCase("::ffff:198.51.100.7", "198.51.100.7"), TestCase("2001:db8:1:2:3:4:5:6", "20010db800010002/64"), TestCase("2001:db8:1:2:ffff::1", "20010db800010002/64"), TestCase("2001:db8:1:3::1", "20010db800010003/64")]
    public void Tries_are_counted_by_the_household_not_by_the_addresses_it_has(string address, string source) => Assert.That(Throttle.Source(IPAddress.Parse(address)), Is.EqualTo(source));

    // The first try from this address opens its count, whatever name it is for.
    private async Task WarmUpAsync()
    {
        using var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"), "first@example.test", "wrong");
        await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", "first@example.test"));
    }

    [System.Text.RegularExpressions.GeneratedRegex("(INSERT )+")]
    private static partial System.Text.RegularExpressions.Regex Inserts();

    private static string Plain(string body, string name) =>
        System.Text.RegularExpressions.Regex.Replace(body.Replace(name, "NAME", StringComparison.Ordinal), "value=\"[A-Za-z0-9_-]{40,}\"", "");
}

/// <summary>Addresses that clients name themselves (attack E05): believed of listed proxies alone, also not on this machine.</summary>
public class ForwardedAddressTests : ProviderFixture
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Throttling:LoginAttempts"] = "5" };

    [Test]
    public async Task E05_another_forwarded_address_with_each_try_does_not_help()
    {
        using var browser = Browser();
        var (action, fields) = UserAgent.Form(await browser.GetAsync("/login"));
        fields.RemoveAll(field => field.Key is "Username" or "Password");
        List<HttpStatusCode> answers = [];
        for (var index = 0; index < 7; index++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent([.. fields, new("Username", $"victim{index}@example.test"), new("Password", "wrong")]) };
            request.Headers.Add("X-Forwarded-For", $"198.51.100.{index}");
            answers.Add((await browser.SendAsync(request)).Status);
        }

        Assert.That(answers, Is.EqualTo(Enumerable.Repeat(HttpStatusCode.Unauthorized, 5).Concat(Enumerable.Repeat(HttpStatusCode.TooManyRequests, 2))));
    }
}
