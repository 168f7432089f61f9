using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.SignIn;

/// <summary>Making an account and getting back into one (ASVS 5.0 6.3.8, 6.4; attacks E03, F01, F03, F05), on every database.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class RegistrationTests(Database database) : ProviderFixture(database)
{
    private const string NewPassword = "seven purple umbrellas walking";

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Users:AllowRegistration"] = "true" };

    private Mailbox Mail => new(Host);

    [Test]
    public async Task An_account_is_made_by_the_link_in_the_mail_and_not_before()
    {
        using var browser = Browser();
        var form = await browser.GetAsync("/register");
        var sent = await browser.SubmitAsync(form, null, ("Email", "new@example.test"), ("GivenName", "Nora"), ("FamilyName", "Newman"), ("Password", NewPassword));
        Assert.That(sent.Title, Is.EqualTo("Check your mail"));
        Assert.That((await browser.SignInAsync(await browser.GetAsync("/login"), "new@example.test", NewPassword)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));

        var link = await Mail.LinkAsync("new@example.test", "Confirm");
        var page = await browser.GetAsync(link);
        Assert.That((await browser.SubmitAsync(page)).Title, Is.EqualTo("Your account is ready"));
        Assert.That((await browser.SubmitAsync(page)).Status, Is.EqualTo(HttpStatusCode.BadRequest), "once");
        Assert.That((await browser.SignInAsync(await browser.GetAsync("/login"), "new@example.test", NewPassword)).Title, Is.EqualTo("You are signed in"));
    }

    [Test]
    public async Task A_taken_address_is_answered_like_a_new_one_and_its_owner_is_told()
    {
        using var browser = Browser();
        var taken = await browser.SubmitAsync(await browser.GetAsync("/register"), null, ("Email", Given.Bob.ToUpperInvariant()), ("Password", NewPassword));
        Assert.That((taken.Status, taken.Title), Is.EqualTo((HttpStatusCode.OK, "Check your mail")));
        await Mail.WaitAsync(Given.Bob, "already");
    }

    [TestCase("short", "at least 15"), TestCase("passwordpassword1", "easy to guess"), TestCase("aaaaaaaaaaaaaaaaaaaa", "easy to guess"), TestCase("123456789012345678", "easy to guess"), TestCase("weakling@weakling", "easy to guess")]
    public async Task A_weak_password_is_refused_with_the_reason_and_what_was_typed_stays(string password, string reason)
    {
        using var browser = Browser();
        var page = await browser.SubmitAsync(await browser.GetAsync("/register"), null, ("Email", "weakling@example.test"), ("GivenName", "Wea"), ("Password", password));
        Assert.That(page.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(page.Body, Does.Contain(reason).And.Contain("value=\"weakling@example.test\"").And.Contain("value=\"Wea\"").And.Not.Contain($"value=\"{password}\""));
    }

    [Test]
    public async Task A_new_password_by_mail_works_once_kills_what_was_open_and_signs_nobody_in()
    {
        var user = await AddAsync();
        using var client = Client(Given.Trusted);
        using var old = Browser();
        var tokens = await client.SignInAsync(old, user);
        using var browser = Browser();
        foreach (var name in new[] { user, "nobody@example.test" })
        {
            Assert.That((await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", name))).Title, Is.EqualTo("Check your mail"));
        }

        var first = await Mail.LinkAsync(user, "Set a new password");
        await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", user));
        var link = await Mail.LinkAsync(user, "Set a new password", number: 2);
        Assert.That((await browser.GetAsync(first)).Status, Is.EqualTo(HttpStatusCode.BadRequest), "only the newest");

        var page = await browser.GetAsync(link);
        Assert.That((await browser.SubmitAsync(page, null, ("Password", "passwordpassword"))).Status, Is.EqualTo(HttpStatusCode.BadRequest), "a weak one does not use the link up");
        var done = await browser.SubmitAsync(page, null, ("Password", NewPassword));
        Assert.That(done.Title, Is.EqualTo("Your password is changed"), done.Body);
        Assert.That((await browser.GetAsync("/account")).Title, Is.EqualTo("Sign in"), "signs nobody in");
        Assert.That((await browser.GetAsync(link)).Status, Is.EqualTo(HttpStatusCode.BadRequest), "once");
        Assert.That((await old.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await browser.SignInAsync(await browser.GetAsync("/login"), user, Given.Password)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await browser.SignInAsync(await browser.GetAsync("/login"), user, NewPassword)).Title, Is.EqualTo("You are signed in"));
    }

    [Test]
    public async Task A_reset_link_dies_after_an_hour_and_names_the_issuer_whatever_the_host_header_says()
    {
        var user = await AddAsync();
        using var browser = Browser();
        var form = UserAgent.Form(await browser.GetAsync("/password/forgot"));
        using var request = new HttpRequestMessage(HttpMethod.Post, form.Action) { Content = new FormUrlEncodedContent([.. form.Fields.Where(field => field.Key != "Username"), new("Username", user)]) };
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        await browser.SendAsync(request);
        var mail = await Mail.WaitAsync(user, "Set a new password");
        Assert.That(mail.TextBody, Does.Contain(Host.IssuerValue).And.Not.Contain("evil"));
        Assert.That(mail.HtmlBody, Does.Contain(Host.IssuerValue).And.Not.Contain("evil"));
        Host.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        Assert.That((await browser.GetAsync(Mailbox.LinkOf(mail))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private async Task<string> AddAsync()
    {
        var email = $"u{Guid.NewGuid():N}@example.test";
        await Host.InScopeAsync(services => services.GetRequiredService<UserDirectory>().AddAsync(new UserDefinition { Email = email, Password = Given.Password, EmailVerified = true }, "test"));
        return email;
    }
}
