using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.SignIn;

/// <summary>Second factors from setting up to recovery (RFC 6238; ASVS 5.0 6.5; attacks G01, G03, G05, G07), on every database.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class SecondFactorTests(Database database) : ProviderFixture(database)
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Users:RequireMfaForRoles"] = "admin" };

    [Test]
    public async Task An_administrator_must_set_up_an_app_before_getting_further_and_then_use_it()
    {
        var user = await UserAsync("admin");
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var setup = await browser.SignInAsync(await browser.GetAsync(client.AuthorizationUrl()), user);
        Assert.That(setup.Title, Is.EqualTo("Set up your authenticator app"));
        Assert.That((await browser.GetAsync("/account")).Title, Is.EqualTo("Sign in"), "half signed in opens nothing");
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none")))).Parameter("error"), Is.EqualTo("login_required"));

        var secret = SecretOf(setup);
        Assert.That((await browser.SubmitAsync(setup, null, ("Code", "000000"))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        var codes = await browser.SubmitAsync(await browser.GetAsync(setup.Uri.PathAndQuery), null, ("Code", CodeOf(secret)));
        Assert.That(Regex.Matches(codes.Body, "<li>[0-9A-Z]{5}-[0-9A-Z]{5}</li>"), Has.Count.EqualTo(10), codes.Body);

        var tokens = await client.RedeemAsync((await browser.GetAsync(client.AuthorizationUrl())).Parameter("code")!);
        Assert.That(tokens.IdToken.GetPayloadValue<string[]>("amr"), Is.EqualTo(new[] { "pwd", "otp", "mfa" }));
        Assert.That(tokens.IdToken.GetPayloadValue<string>("acr"), Is.EqualTo("aal2"));

        using var again = Browser();
        var second = await again.SignInAsync(await again.GetAsync("/login"), user);
        Assert.That(second.Title, Is.EqualTo("Confirm it is you"));
        Assert.That(second.Body, Does.Contain("autocomplete=\"one-time-code\"").And.Not.Contain("Do not ask again"), "never for privileged roles");
        Assert.That((await again.GetAsync("/login/setup")).Title, Is.EqualTo("Confirm it is you"), "with a factor there, only it opens the way to another");
        Assert.That((await again.SubmitAsync(second, null, ("Code", CodeOf(secret)))).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "a code is accepted once");
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.That((await again.SubmitAsync(second, null, ("Code", CodeOf(secret)))).Title, Is.EqualTo("You are signed in"));
    }

    [Test]
    public async Task Of_parallel_submissions_of_one_code_one_succeeds()
    {
        var (user, secret, _) = await UserWithAppAsync();
        var step = CodeOf(secret);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var browser = Browser();
            return (await browser.SubmitAsync(await browser.SignInAsync(await browser.GetAsync("/login"), user), null, ("Code", step))).Title;
        }));
        Assert.That(answers.Count(title => title == "You are signed in"), Is.EqualTo(1));
    }

    [TestCase(" 123456x"), TestCase("+123456"), TestCase("0123456"), TestCase("１２３４５６"), TestCase("12345")]
    public async Task What_is_not_six_digits_is_no_code(string shape)
    {
        var (user, secret, _) = await UserWithAppAsync();
        using var browser = Browser();
        var page = await browser.SignInAsync(await browser.GetAsync("/login"), user);
        var right = CodeOf(secret);
        var typed = shape.Replace("123456", right, StringComparison.Ordinal).Replace("１２３４５６", string.Concat(right.Select(digit => (char)('０' + digit - '0'))), StringComparison.Ordinal).Replace("12345", right[..5], StringComparison.Ordinal);
        Assert.That((await browser.SubmitAsync(page, null, ("Code", typed))).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_recovery_code_signs_in_once_is_told_by_mail_and_the_list_is_kept_hashed()
    {
        var (user, _, _) = await UserWithAppAsync();
        IReadOnlyList<string> codes = [];
        await Host.InScopeAsync(async services =>
        {
            var id = (await services.GetRequiredService<UserDirectory>().FindByNameAsync(user))!.Id;
            codes = await services.GetRequiredService<SecondFactors>().RenewRecoveryCodesAsync(id, "test");
            var stored = services.GetRequiredService<OidcProvider.Data.AppDbContext>().RecoveryCodes.Where(row => row.UserId == id).Select(row => row.Hash).ToList();
            Assert.That(stored, Has.Count.EqualTo(10).And.All.StartsWith("$argon2id$"));
        });
        using var browser = Browser();
        var mfa = await browser.SignInAsync(await browser.GetAsync("/login"), user);
        Assert.That(mfa.Body, Does.Contain("recovery code"));
        var page = await browser.GetAsync("/login/recovery");
        Assert.That((await browser.SubmitAsync(page, null, ("Code", "XXXXX-XXXXX"))).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await browser.SubmitAsync(page, null, ("Code", codes[0].ToLowerInvariant()))).Title, Is.EqualTo("You are signed in"));
        await new Mailbox(Host).WaitAsync(user, "recovery code");

        using var other = Browser();
        await other.SignInAsync(await other.GetAsync("/login"), user);
        var again = await other.GetAsync("/login/recovery");
        Assert.That((await other.SubmitAsync(again, null, ("Code", codes[0]))).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "used");
    }

    [Test]
    public async Task A_trusted_browser_is_not_asked_again_until_thirty_days_are_over()
    {
        var (user, secret, _) = await UserWithAppAsync();
        using var browser = Browser();
        var page = await browser.SignInAsync(await browser.GetAsync("/login"), user);
        await browser.SubmitAsync(page, null, ("Code", CodeOf(secret)), ("Trust", "true"));
        await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out");
        Assert.That((await browser.SignInAsync(await browser.GetAsync("/login"), user)).Title, Is.EqualTo("You are signed in"));
        using var other = Browser();
        Assert.That((await other.SignInAsync(await other.GetAsync("/login"), user)).Title, Is.EqualTo("Confirm it is you"));
        await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out");
        Host.Time.Advance(TimeSpan.FromDays(31));
        Assert.That((await browser.SignInAsync(await browser.GetAsync("/login"), user)).Title, Is.EqualTo("Confirm it is you"));
    }

    [Test]
    public async Task A_request_for_a_second_factor_steps_a_signed_in_user_up()
    {
        var (user, secret, _) = await UserWithAppAsync();
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var page = await browser.SignInAsync(await browser.GetAsync("/login"), user);
        await browser.SubmitAsync(page, null, ("Code", CodeOf(secret)), ("Trust", "true"));
        await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out");
        await browser.SignInAsync(await browser.GetAsync("/login"), user);
        Assert.That((await client.RedeemAsync((await browser.GetAsync(client.AuthorizationUrl())).Parameter("code")!)).IdToken.GetPayloadValue<string>("acr"), Is.EqualTo("aal1"));

        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("acr_values", "aal2"), ("prompt", "none")))).Parameter("error"), Is.EqualTo("interaction_required"));
        var stepUp = await browser.GetAsync(client.AuthorizationUrl(("acr_values", "aal2")));
        Assert.That(stepUp.Title, Is.EqualTo("Confirm it is you"));
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        var tokens = await client.RedeemAsync((await browser.SubmitAsync(stepUp, null, ("Code", CodeOf(secret)))).Parameter("code")!);
        Assert.That(tokens.IdToken.GetPayloadValue<string>("acr"), Is.EqualTo("aal2"));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).AccessToken.GetPayloadValue<string>("acr"), Is.EqualTo("aal2"), "kept over refresh");
    }

    private static byte[] SecretOf(Page page)
    {
        var text = Regex.Match(page.Body, "secret=([A-Z2-7]+)").Groups[1].Value;
        var bits = string.Concat(text.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
    }
}
