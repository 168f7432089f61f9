using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.SignIn;

/// <summary>Links in mails and what is set with them (ASVS 5.0 6.4; attacks F01, F03, F05, F07), on every database.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class MailedLinkTests(Database database) : ProviderFixture(database)
{
    private const string NewPassword = "seven purple umbrellas walking";

    private Mailbox Mail => new(Host);

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Users:AllowRegistration"] = "true" };

    [Test]
    public async Task F03_of_two_at_once_one_sets_the_password_and_of_a_link_for_one_thing_nothing_else_comes()
    {
        var user = await UserAsync();
        var link = await AskAsync(user);
        using var browser = Browser();
        var page = await browser.GetAsync(link);
        var (action, fields) = UserAgent.Form(page);
        fields.RemoveAll(field => field.Key == "Password");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(index => browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, action)
        {
            Content = new FormUrlEncodedContent([.. fields, new("Password", $"{NewPassword} {index}")]),
        })));
        Assert.That(answers.Count(answer => answer.Title == "Your password is changed"), Is.EqualTo(1));

        var token = new Uri(Host.Issuer, await AskAsync(user, number: 2)).Query;
        foreach (var path in new[] { "/unlock", "/register/confirm", "/account/email/confirm" })
        {
            Assert.That((await browser.GetAsync($"{path}{token}")).Status, Is.EqualTo(HttpStatusCode.BadRequest), path);
        }
    }

    [TestCase("password"), TestCase("email"), TestCase("sign-in"), TestCase("disabled")]
    public async Task F03_what_a_link_proved_ends_with(string what)
    {
        var (user, browser) = await SignedInAsync();
        var link = await AskAsync(user);
        switch (what)
        {
            case "password":
                await browser.SubmitAsync(await browser.GetAsync("/account/password"), null, ("Current", Given.Password), ("Password", NewPassword));
                break;

            case "email":
                await browser.SubmitAsync(await browser.GetAsync("/account/email"), null, ("Email", $"new-{user}"));
                await browser.SubmitAsync(await browser.GetAsync(await Mail.LinkAsync($"new-{user}", "Confirm your new")));
                break;

            case "sign-in":
                using (var again = Browser())
                {
                    await again.SignInAsync(await again.GetAsync("/login"), user);
                }

                break;

            default:
                await Host.InScopeAsync(services => services.DisableUserAsync(user));
                break;
        }

        using var other = Browser();
        Assert.That((await other.GetAsync(link)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task F03_a_new_password_kills_pending_codes_and_half_sign_ins_and_never_skips_the_second_factor()
    {
        var (user, secret, _) = await UserWithAppAsync();
        using var client = Client(Given.Trusted);
        using var old = Browser();
        await old.SubmitAsync(await old.SignInAsync(await old.GetAsync("/login"), user), null, ("Code", CodeOf(secret)));
        var code = (await old.GetAsync(client.AuthorizationUrl())).Parameter("code")!;
        using var half = Browser();
        var step = await half.SignInAsync(await half.GetAsync("/login"), user);
        using var browser = Browser();
        await browser.SubmitAsync(await browser.GetAsync(await AskAsync(user)), null, ("Password", NewPassword));

        Assert.That((await client.RedeemAsync(code)).Error, Is.EqualTo("invalid_grant"));
        Host.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.That((await half.SubmitAsync(step, null, ("Code", CodeOf(secret)))).Title, Is.EqualTo("Sign in"), "what was half done with the old password is over");
        Assert.That((await browser.SignInAsync(await browser.GetAsync("/login"), user, NewPassword)).Title, Is.EqualTo("Confirm it is you"));
    }

    [Test]
    public async Task F05_without_the_link_no_step_sets_anything()
    {
        var user = await UserAsync();
        using var browser = Browser();
        var forgot = await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", user));
        Assert.That(forgot.Title, Is.EqualTo("Check your mail"));
        var token = Tokens(await browser.GetAsync("/login")).ToList();
        foreach (var fields in new KeyValuePair<string, string>[][]
        {
            [], [new("Password", NewPassword)], [new("Token", ""), new("Password", NewPassword)], [new("Token", "AAAA"), new("Password", NewPassword)], [new("Token", new string('A', 5000)), new("Password", NewPassword)],
            [new("UserId", "1"), new("username", user), new("Verified", "true"), new("Password", NewPassword)],
        })
        {
            var page = await browser.PostAsync("/password/reset", [.. token, .. fields]);
            Assert.That((page.Status, page.Title), Is.EqualTo((HttpStatusCode.BadRequest, "This link has expired")));
        }

        // A right link with an empty or missing password, then with somebody else named beside it.
        var link = await Mail.LinkAsync(user, "Set a new password");
        var reset = await browser.GetAsync(link);
        Assert.That((await browser.SubmitAsync(reset, null, ("Password", ""))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        await browser.SubmitAsync(reset, null, ("Password", NewPassword), ("username", Given.Alice), ("UserId", "0"), ("Account.Id", "0"));
        using var alice = Browser();
        Assert.That((await alice.SignInAsync(await alice.GetAsync("/login"))).Title, Is.EqualTo("You are signed in"), "hers stays");
        Assert.That((await alice.SignInAsync(await alice.GetAsync("/login"), user, NewPassword)).Title, Is.EqualTo("You are signed in"));
    }

    [Test]
    public async Task F07_another_address_needs_a_fresh_sign_in_and_the_link_works_for_nobody_else_who_is_signed_in()
    {
        var (user, browser) = await SignedInAsync();
        var wanted = $"new-{user}";
        Assert.That((await browser.SubmitAsync(await browser.GetAsync("/account/email"), null, ("Email", wanted))).Status, Is.EqualTo(HttpStatusCode.OK));
        var link = await Mail.LinkAsync(wanted, "Confirm your new");
        var (_, other) = await SignedInAsync();
        Assert.That((await other.GetAsync(link)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await other.PostAsync("/account/email/confirm", [.. Tokens(await other.GetAsync("/account")), new("Token", new Uri(Host.Issuer, link).Query.Split('=')[1])])).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await browser.SubmitAsync(await browser.GetAsync(link))).Title, Is.EqualTo("Your address is changed"), "their own browser may");

        Host.Time.Advance(TimeSpan.FromMinutes(11));
        var stale = await browser.PostAsync("/account/email", [new("Email", "mallory@example.test")]);
        Assert.That(stale.Title, Is.EqualTo("Sign in"));
    }

    [Test]
    public async Task F07_what_the_profile_form_does_not_ask_for_cannot_be_set_with_it()
    {
        var (user, browser) = await SignedInAsync();
        await browser.SubmitAsync(await browser.GetAsync("/account"), null, ("GivenName", "Nora\r\nBcc: all@example.test"), ("Email", "mallory@example.test"), ("EmailConfirmed", "true"), ("Me.Email", "mallory@example.test"), ("DisabledAt", ""), ("PasswordHash", "x"), ("Roles", "admin"));
        await Host.InScopeAsync(async services =>
        {
            var row = await services.GetRequiredService<AppDbContext>().Users.AsNoTracking().SingleAsync(item => item.Email == user);
            Assert.That((row.EmailConfirmed, row.GivenName), Is.EqualTo((true, "NoraBcc: all@example.test")), "no line breaks");
            Assert.That(await services.GetRequiredService<UserDirectory>().RolesOfAsync(row), Is.Empty);
        });
    }

    [TestCase("a@example.test\r\nBcc: b@example.test"), TestCase("a@example.test, b@example.test"), TestCase("<a@example.test>"), TestCase("\"x\" <a@example.test>")]
    public async Task F07_an_address_that_is_more_than_one_address_is_none(string address)
    {
        using var browser = Browser();
        var page = await browser.SubmitAsync(await browser.GetAsync("/register"), null, ("Email", address), ("Password", NewPassword));
        Assert.That(page.Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase("evil.example"), TestCase("127.0.0.1:evil"), TestCase("127.0.0.1@evil.example")]
    public async Task F01_no_host_header_gets_into_a_mail(string host)
    {
        var user = await UserAsync();
        using var browser = Browser();
        var form = UserAgent.Form(await browser.GetAsync("/password/forgot"));
        var body = await new FormUrlEncodedContent([.. form.Fields.Where(field => field.Key != "Username"), new("Username", user)]).ReadAsStringAsync();
        var cookies = browser.Cookies.GetCookieHeader(Host.Issuer);
        foreach (var head in new[]
        {
            $"POST /password/forgot HTTP/1.1\r\nHost: {host}\r\n",
            $"POST /password/forgot HTTP/1.1\r\nHost: {Host.Issuer.Authority}\r\nX-Forwarded-Host: {host}\r\nForwarded: host={host}\r\n",
            $"POST http://{host}/password/forgot HTTP/1.1\r\nHost: {Host.Issuer.Authority}\r\n",
            $"POST /password/forgot HTTP/1.1\r\nHost: {Host.Issuer.Authority}\r\nHost: {host}\r\n",
        })
        {
            await RawAsync($"{head}Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        }

        // Whichever of them were answered at all.
        await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", user));
        await Mail.WaitAsync(user, "Set a new password");
        var mails = Mail.All().Where(mail => mail.To.Mailboxes.Any(to => to.Address == user)).ToList();
        Assert.That(mails.Select(mail => mail.TextBody + mail.HtmlBody), Has.All.Contains(Host.IssuerValue).And.All.Not.Contains("evil"));
    }

    private async Task RawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Host.Issuer.Host, Host.Issuer.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        Assert.That(await reader.ReadToEndAsync(), Does.StartWith("HTTP/1.1 ").And.Not.Contain("Location: http://evil"));
    }

    private async Task<string> AskAsync(string user, int number = 1)
    {
        using var browser = Browser();
        await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", user));
        return await Mail.LinkAsync(user, "Set a new password", number);
    }
}

/// <summary>Mail to strangers is bounded, and what is switched off is not there (attack F07).</summary>
public class MailBoundsTests : ProviderFixture
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Throttling:LoginAttempts"] = "5" };

    [Test]
    public async Task F07_a_mailbox_is_not_flooded()
    {
        using var browser = Browser();
        List<HttpStatusCode> answers = [];
        for (var index = 0; index < 7; index++)
        {
            answers.Add((await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", Given.Bob))).Status);
        }

        Assert.That(answers, Is.EqualTo(Enumerable.Repeat(HttpStatusCode.OK, 5).Concat(Enumerable.Repeat(HttpStatusCode.TooManyRequests, 2))));
    }

    [Test]
    public async Task Registration_that_is_off_is_not_there()
    {
        using var browser = Browser();
        Assert.That((await browser.GetAsync("/register")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await browser.PostAsync("/register", [new("Email", "a@example.test"), new("Password", "seven purple umbrellas walking")])).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await browser.GetAsync("/login")).Body, Does.Not.Contain("/register"));
    }
}
