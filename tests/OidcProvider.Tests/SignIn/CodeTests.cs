using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.SignIn;

/// <summary>Guessing codes, using them twice, keeping them (attacks G05, G07; ASVS 5.0 6.5, 6.6.3), on every database.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class CodeTests(Database database) : ProviderFixture(database)
{
    private static int _address;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Throttling:LoginAttempts"] = "5", ["Hosting:KnownProxies:0"] = "127.0.0.1" };

    [TestCase(-60, false), TestCase(-30, true), TestCase(0, true), TestCase(30, true), TestCase(60, false)]
    public async Task G05_a_code_is_good_in_its_half_minute_and_the_ones_beside_it(int seconds, bool good)
    {
        var (user, secret, _) = await UserWithAppAsync();
        Host.Time.Advance(TimeSpan.FromMinutes(5));
        using var browser = Browser();
        var step = await SignInAsync(browser, user);
        var code = Totp.Code(secret, Totp.StepAt(Host.Time.GetUtcNow().AddSeconds(seconds)));
        Assert.That((await SubmitAsync(browser, step, code)).Status, Is.EqualTo(good ? HttpStatusCode.Redirect : HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task G05_no_code_older_than_the_last_one_used_is_good()
    {
        var (user, secret, _) = await UserWithAppAsync();
        Host.Time.Advance(TimeSpan.FromMinutes(5));
        var (previous, next) = (Totp.StepAt(Host.Time.GetUtcNow()) - 1, Totp.StepAt(Host.Time.GetUtcNow()) + 1);
        using var browser = Browser();
        Assert.That((await SubmitAsync(browser, await SignInAsync(browser, user), Totp.Code(secret, next))).Status, Is.EqualTo(HttpStatusCode.Redirect));
        foreach (var step in new[] { next, next - 1, previous })
        {
            using var other = Browser();
            Assert.That((await SubmitAsync(other, await SignInAsync(other, user), Totp.Code(secret, step))).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        }
    }

    [Test]
    public async Task G07_of_twenty_submissions_of_one_recovery_code_one_succeeds_and_an_old_list_is_dead()
    {
        var (user, _, codes) = await UserWithAppAsync();
        var halves = new List<(UserAgent Browser, Page Step)>();
        for (var index = 0; index < 5; index++)
        {
            var browser = Browser();
            await SignInAsync(browser, user);
            halves.Add((browser, await browser.GetAsync("/login/recovery")));
        }

        var answers = await Task.WhenAll(halves.Select(half => SubmitAsync(half.Browser, half.Step, codes[0])));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Redirect), Is.EqualTo(1));
        halves.ForEach(half => half.Browser.Dispose());

        Host.Time.Advance(TimeSpan.FromMinutes(16));
        await Host.InScopeAsync(async services => await services.GetRequiredService<SecondFactors>().RenewRecoveryCodesAsync((await services.GetRequiredService<UserDirectory>().FindByNameAsync(user))!.Id, "test"));
        using var late = Browser();
        await SignInAsync(late, user);
        Assert.That((await SubmitAsync(late, await late.GetAsync("/login/recovery"), codes[1])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task G07_codes_run_out_of_tries_and_then_lock_the_account_though_the_password_was_right_each_time()
    {
        var (user, secret, codes) = await UserWithAppAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var index = 0; index < 5; index++)
            {
                using var guesser = Browser();
                await SignInAsync(guesser, user);
                Assert.That((await SubmitAsync(guesser, await guesser.GetAsync(index % 2 == 0 ? "/login/recovery" : "/login/mfa"), index % 2 == 0 ? "22222-22222" : "000000")).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
            }

            if (round == 1)
            {
                break;
            }

            using var next = Browser();
            await SignInAsync(next, user);
            Assert.That((await SubmitAsync(next, await next.GetAsync("/login/recovery"), codes[0])).Status, Is.EqualTo(HttpStatusCode.TooManyRequests), "the right one must wait");
            Host.Time.Advance(TimeSpan.FromMinutes(16));
        }

        Host.Time.Advance(TimeSpan.FromMinutes(16));
        using var browser = Browser();
        Assert.That((await SignInAsync(browser, user)).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "ten failures in a row lock");
        await new Mailbox(Host).WaitAsync(user, "locked");
        Assert.That(CodeOf(secret), Has.Length.EqualTo(6));
    }

    [Test]
    public async Task G07_codes_and_secrets_are_shown_once_and_nowhere_in_the_database()
    {
        var user = await UserAsync();
        using var browser = Browser();
        await browser.SignInAsync(await browser.GetAsync("/login"), user);
        var setup = await browser.GetAsync("/account/authenticator");
        var secret = System.Text.RegularExpressions.Regex.Match(setup.Body, "secret=([A-Z2-7]+)").Groups[1].Value;
        byte[] bytes = [];
        await Host.InScopeAsync(async services => bytes = await services.GetRequiredService<SecondFactors>().BeginAsync((await services.GetRequiredService<UserDirectory>().FindByNameAsync(user))!.Id));
        var shown = await browser.SubmitAsync(setup, null, ("Code", CodeOf(bytes)));
        var codes = System.Text.RegularExpressions.Regex.Matches(shown.Body, "<li>([0-9A-Z]{5}-[0-9A-Z]{5})</li>").Select(match => match.Groups[1].Value).ToList();
        Assert.That(codes, Has.Count.EqualTo(10));
        foreach (var path in new[] { "/account/recovery-codes", "/account/authenticator", "/account/activity", "/account" })
        {
            var page = await browser.GetAsync(path);
            Assert.That(codes.Append(secret), Has.None.Matches<string>(page.Body.Contains), path);
        }

        var file = await browser.PostAsync("/account/data?handler=Download", Tokens(await browser.GetAsync("/account/data")));
        Assert.That(codes.Append(secret), Has.None.Matches<string>(file.Body.Contains));
        await Host.InScopeAsync(async services =>
        {
            var data = services.GetRequiredService<AppDbContext>();
            var stored = (await data.RecoveryCodes.Select(row => row.Hash).ToListAsync()).Concat((await data.Authenticators.Select(row => row.SealedSecret).ToListAsync()).Select(row => Convert.ToHexString(row)))
                .Concat(await data.AuditRecords.Select(row => row.Reason ?? "").ToListAsync()).Concat(await data.OutboxMails.Select(row => row.Text).ToListAsync()).ToList();
            Assert.That(stored, Has.None.Matches<string>(text => text.Contains(Convert.ToHexString(bytes), StringComparison.Ordinal) || codes.Any(code => text.Contains(code, StringComparison.Ordinal) || text.Contains(code.Replace("-", "", StringComparison.Ordinal), StringComparison.Ordinal))));
        });
        Assert.That(Host.Log.Lines, Has.None.Matches<string>(line => codes.Any(line.Contains) || line.Contains(secret, StringComparison.Ordinal)));
    }

    [Test]
    public async Task Recovery_codes_have_enough_to_guess()
    {
        var (_, _, codes) = await UserWithAppAsync();
        Assert.That(codes.Distinct().Count(), Is.EqualTo(10));
        Assert.That(codes, Has.All.Match("^[23456789BCDFGHJKMNPQRSTVWXYZ]{5}-[23456789BCDFGHJKMNPQRSTVWXYZ]{5}$"));
    }

    [Test]
    public async Task A_browser_that_is_forgotten_is_asked_again()
    {
        var (user, secret, _) = await UserWithAppAsync();
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        using var trusted = Browser();
        await SubmitAsync(trusted, await SignInAsync(trusted, user), CodeOf(secret), ("Trust", "true"));
        await trusted.SubmitAsync(await trusted.GetAsync("/logout"), "sign-out");
        Assert.That((await SignInAsync(trusted, user)).Title, Is.EqualTo("You are signed in"));

        Host.Time.Advance(TimeSpan.FromMinutes(1));
        using var other = Browser();
        Assert.That((await SubmitAsync(other, await SignInAsync(other, user), CodeOf(secret))).Status, Is.EqualTo(HttpStatusCode.Redirect));
        var page = await other.GetAsync("/account/sessions");
        Assert.That(page.Body, Does.Contain("not asked for the second factor until"));
        await other.PostAsync("/account/sessions?handler=Others", Tokens(page));
        Assert.That((await SignInAsync(trusted, user)).Title, Is.EqualTo("Confirm it is you"));
    }

    private static async Task<Page> SignInAsync(UserAgent browser, string user) => await SendAsync(browser, await browser.GetAsync("/login"), ("Username", user), ("Password", Given.Password));

    private static Task<Page> SubmitAsync(UserAgent browser, Page page, string code, params (string Name, string Value)[] more) => SendAsync(browser, page, follow: false, [("Code", code), .. more]);

    private static Task<Page> SendAsync(UserAgent browser, Page page, params (string Name, string Value)[] typed) => SendAsync(browser, page, follow: true, typed);

    // Each try from an address of its own.
    private static async Task<Page> SendAsync(UserAgent browser, Page page, bool follow, (string Name, string Value)[] typed)
    {
        var (action, fields) = UserAgent.Form(page);
        fields.RemoveAll(field => typed.Any(one => one.Name == field.Key));
        using var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent([.. fields, .. typed.Select(one => new KeyValuePair<string, string>(one.Name, one.Value))]) };
        request.Headers.Add("X-Forwarded-For", $"203.0.{Interlocked.Increment(ref _address) / 250}.{1 + (_address % 250)}");
        var answer = await browser.SendAsync(request);
        return follow && answer.Location is { } next ? await browser.GetAsync(next.PathAndQuery) : answer;
    }
}
