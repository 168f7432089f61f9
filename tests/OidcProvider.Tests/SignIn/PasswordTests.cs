using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.SignIn;

/// <summary>What passwords may be, everywhere one is set (ASVS 5.0 6.2).</summary>
public class PasswordTests : ProviderFixture
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Users:AllowRegistration"] = "true" };

    private static readonly string Long = string.Concat(Enumerable.Range(0, 64).Select(index => (char)('a' + (index * 7 % 26)))) + string.Concat(Enumerable.Range(0, 192).Select(index => (char)('A' + (index * 11 % 26))));

    private static IEnumerable<TestCaseData> Good()
    {
        yield return new TestCaseData("qlvtzkmrwpnxbdh").SetArgDisplayNames("15 small letters");
        yield return new TestCaseData("quiet umbrella  meadow ").SetArgDisplayNames("spaces at the end");
        yield return new TestCaseData("🦊🌵🚲🎻🪁🧭🐙🥨🌋🛶🧦🪴🎺🪵🦔").SetArgDisplayNames("pictures");
        yield return new TestCaseData("zażółć gęślą jaźń wśród łąk").SetArgDisplayNames("other letters");
        yield return new TestCaseData(Long[..64]).SetArgDisplayNames("64 characters");
        yield return new TestCaseData(Long).SetArgDisplayNames("256 characters");
    }

    [TestCaseSource(nameof(Good))]
    public async Task A_password_is_what_was_typed_and_nothing_else(string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        var (user, browser) = await SignedInAsync();
        var changed = await browser.SubmitAsync(await browser.GetAsync("/account/password"), null, ("Current", Given.Password), ("Password", password));
        Assert.That(changed.Body, Does.Contain("Your password is changed"));
        using var again = Browser();
        foreach (var other in new[] { $" {password}", $"{password} ", password.TrimEnd(), password.ToUpperInvariant(), password[..^1], password + "x", $"{password}\0" }.Where(other => other != password))
        {
            Assert.That((await again.SignInAsync(await again.GetAsync("/login"), user, other)).Status, Is.Not.EqualTo(HttpStatusCode.OK), other);
        }

        Assert.That((await again.SignInAsync(await again.GetAsync("/login"), user, password)).Title, Is.EqualTo("You are signed in"));
    }

    [Test]
    public async Task Two_that_differ_in_the_last_of_eighty_characters_differ()
    {
        var (user, browser) = await SignedInAsync();
        await browser.SubmitAsync(await browser.GetAsync("/account/password"), null, ("Current", Given.Password), ("Password", Long[..79] + "1"));
        using var again = Browser();
        Assert.That((await again.SignInAsync(await again.GetAsync("/login"), user, Long[..79] + "2")).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await again.SignInAsync(await again.GetAsync("/login"), user, Long[..79] + "1")).Title, Is.EqualTo("You are signed in"));
    }

    private static IEnumerable<TestCaseData> Bad()
    {
        yield return new TestCaseData("qlvtzkmrwpnxbd").SetArgDisplayNames("14 characters");
        yield return new TestCaseData(Long + "x").SetArgDisplayNames("257 characters");
        yield return new TestCaseData("OidcProvider2026!xx").SetArgDisplayNames("the product");
        yield return new TestCaseData("Dragon-Password-1234").SetArgDisplayNames("common words");
        yield return new TestCaseData("LetMeIn!LetMeIn!LetMeIn!").SetArgDisplayNames("a common word again");
    }

    [TestCaseSource(nameof(Bad))]
    public async Task A_weak_one_is_refused_when_changing_when_resetting_and_when_registering(string password)
    {
        var (user, browser) = await SignedInAsync();
        Assert.That((await browser.SubmitAsync(await browser.GetAsync("/account/password"), null, ("Current", Given.Password), ("Password", password))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        using var stranger = Browser();
        Assert.That((await stranger.SubmitAsync(await stranger.GetAsync("/register"), null, ("Email", "someone@example.test"), ("Password", password))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        await stranger.SubmitAsync(await stranger.GetAsync("/password/forgot"), null, ("Username", user));
        var reset = await stranger.GetAsync(await new Mailbox(Host).LinkAsync(user, "Set a new password"));
        Assert.That((await stranger.SubmitAsync(reset, null, ("Password", password))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task No_password_grows_old_and_fields_let_managers_work()
    {
        var user = await UserAsync();
        Host.Time.Advance(TimeSpan.FromDays(730));
        using var browser = Browser();
        var login = await browser.GetAsync("/login");
        Assert.That((await browser.SignInAsync(login, user)).Title, Is.EqualTo("You are signed in"));
        foreach (var page in new[] { login, await browser.GetAsync("/register"), await browser.GetAsync("/account/password") })
        {
            Assert.That(page.Body, Does.Match("type=\"password\"[^>]*autocomplete=\"(current|new)-password\"").And.Not.Contain("onpaste").And.Not.Contain("autocomplete=\"off\""));
        }
    }
}

/// <summary>The range API of Have I Been Pwned (ASVS 5.0 6.2.12): asked with five digits of the hash, and nobody is kept out when it is away.</summary>
public class BreachedPasswordTests : ProviderFixture
{
    private const string Breached = "nine wooden horses running", Fine = "seven purple umbrellas walking", Padding = "eleven quiet bicycles at noon";

    private readonly Ranges _ranges = new();

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Users:CheckBreachedPasswords"] = "true" };

    protected override void Adjust(IServiceCollection services) => services.AddHttpClient("breached-passwords").ConfigurePrimaryHttpMessageHandler(() => _ranges);

    [Test]
    public async Task A_breached_one_is_refused_kindly_and_only_five_digits_leave_the_server()
    {
        var (_, browser) = await SignedInAsync();
        _ranges.Away = false;
        var page = await browser.GetAsync("/account/password");
        var refused = await browser.SubmitAsync(page, null, ("Current", Given.Password), ("Password", Breached));
        Assert.That((refused.Status, refused.Body.Contains("has appeared in a data breach", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.BadRequest, true)));
        Assert.That(_ranges.Asked, Has.Count.EqualTo(1).And.All.Matches<string>(url => url == $"https://api.pwnedpasswords.com/range/{Hash(Breached)[..5]} padded"));
        Assert.That((await browser.SubmitAsync(page, null, ("Current", Given.Password), ("Password", Padding))).Body, Does.Contain("Your password is changed"), "a count of nought is padding");
    }

    [Test]
    public async Task When_it_does_not_answer_the_password_is_taken_with_a_line_in_the_log()
    {
        var (_, browser) = await SignedInAsync();
        _ranges.Away = true;
        Assert.That((await browser.SubmitAsync(await browser.GetAsync("/account/password"), null, ("Current", Given.Password), ("Password", Fine))).Body, Does.Contain("Your password is changed"));
        Assert.That(Host.Log.Lines, Has.Some.Contain("list of breached passwords does not answer"));
        Assert.That(Host.Log.Lines, Has.None.Contain(Fine));
    }

#pragma warning disable CA5350 // The service is indexed by SHA-1.
    private static string Hash(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350

    private sealed class Ranges : HttpMessageHandler
    {
        public bool Away { get; set; }

        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Away)
            {
                throw new HttpRequestException("No route to host");
            }

            Asked.Add($"{request.RequestUri} {(request.Headers.Contains("Add-Padding") ? "padded" : "")}");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($"{Hash(Fine)[5..15]}AAAA:3\r\n{Hash(Breached)[5..]}:42\r\n{Hash(Padding)[5..]}:0\r\n") });
        }
    }
}
