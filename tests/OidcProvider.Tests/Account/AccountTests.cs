using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.Account;

/// <summary>What a signed-in user does with the own account, on every database.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class AccountTests(Database database) : ProviderFixture(database)
{
    private const string NewPassword = "seven purple umbrellas walking";

    [Test]
    public async Task Every_page_is_for_signed_in_users_and_says_who_they_are()
    {
        var (user, browser) = await SignedInAsync();
        using var stranger = Browser();
        foreach (var path in new[] { "/account", "/account/email", "/account/password", "/account/authenticator", "/account/recovery-codes", "/account/passkeys", "/account/sessions", "/account/apps", "/account/activity", "/account/data" })
        {
            Assert.That((await stranger.GetAsync(path)).Title, Is.EqualTo("Sign in"), path);
            var page = await browser.GetAsync(path);
            Assert.That(page.Status, Is.EqualTo(HttpStatusCode.OK), path);
            foreach (var name in new[] { "Authenticator app", "Recovery codes", "Passkeys", "Sessions", "Connected apps", "Security activity" })
            {
                Assert.That(page.Body, Does.Contain($">{name}</a>"), path);
            }
        }

        Assert.That((await browser.GetAsync("/account")).Body, Does.Contain(user));
    }

    [Test]
    public async Task Changing_the_password_needs_the_current_one_keeps_this_browser_and_ends_the_others()
    {
        var (user, browser) = await SignedInAsync();
        using var other = Browser();
        await other.SignInAsync(await other.GetAsync("/login"), user);
        var page = await browser.GetAsync("/account/password");
        Assert.That((await browser.SubmitAsync(page, null, ("Current", "wrong"), ("Password", NewPassword))).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await browser.SubmitAsync(page, null, ("Current", Given.Password), ("Password", user + user))).Body, Does.Contain("easy to guess"));
        Assert.That((await browser.SubmitAsync(page, null, ("Current", Given.Password), ("Password", NewPassword))).Body, Does.Contain("Your password is changed"));
        Assert.That((await other.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
        await new Mailbox(Host).WaitAsync(user, "password was changed");
    }

    [Test]
    public async Task What_protects_the_account_asks_for_a_fresh_sign_in()
    {
        var (user, browser) = await SignedInAsync();
        Host.Time.Advance(TimeSpan.FromMinutes(11));
        foreach (var path in new[] { "/account/password", "/account/email", "/account/authenticator", "/account/passkeys", "/account/data" })
        {
            Assert.That((await browser.GetAsync(path)).Title, Is.EqualTo("Sign in"), path);
        }

        Assert.That((await browser.SignInAsync(await browser.GetAsync("/account/password"), user)).Title, Is.EqualTo("Password"));
    }

    [Test]
    public async Task The_address_changes_by_the_link_at_the_new_one_and_the_old_one_is_told()
    {
        var (user, browser) = await SignedInAsync();
        var fresh = $"new-{user}";
        await browser.SubmitAsync(await browser.GetAsync("/account/email"), null, ("Email", fresh));
        var page = await browser.GetAsync(await new Mailbox(Host).LinkAsync(fresh, "Confirm your new"));
        Assert.That(page.Title, Is.EqualTo("Confirm your new address"));
        Assert.That((await browser.GetAsync("/account/email")).Body, Does.Contain($">{user}<"), "the link alone changes nothing");
        Assert.That((await browser.SubmitAsync(page)).Title, Is.EqualTo("Your address is changed"));
        await new Mailbox(Host).WaitAsync(user, "address of your account was changed");
        using var again = Browser();
        Assert.That((await again.SignInAsync(await again.GetAsync("/login"), fresh)).Title, Is.EqualTo("You are signed in"));
        Assert.That((await again.SignInAsync(await again.GetAsync("/login"), user)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Signing_out_another_browser_takes_effect_at_its_next_request_and_a_stranger_cannot()
    {
        var (user, browser) = await SignedInAsync();
        using var other = Browser();
        await other.SignInAsync(await other.GetAsync("/login"), user);
        await new Mailbox(Host).WaitAsync(user, "New sign-in");
        var page = await browser.GetAsync("/account/sessions");
        Assert.That(page.Body, Does.Contain("(this device)"));

        var (_, mallory) = await SignedInAsync();
        var id = UserAgent.Form(page).Fields.Single(field => field.Key == "id").Value;
        var own = await mallory.GetAsync("/account/sessions");
        await mallory.PostAsync("/account/sessions", [new("id", id), .. Tokens(await mallory.GetAsync("/account"))]);
        Assert.That((await other.GetAsync("/account")).Title, Is.EqualTo("Your account"), own.Title);

        await browser.SubmitAsync(page);
        Assert.That((await other.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
    }

    [Test]
    public async Task An_app_is_listed_and_removed()
    {
        var (_, browser) = await SignedInAsync();
        using var client = Client();
        var tokens = await client.SignInAsync(browser);
        var page = await browser.GetAsync("/account/apps");
        Assert.That(page.Body, Does.Contain("App web"));
        Assert.That((await browser.SubmitAsync(page)).Body, Does.Contain("No app uses your account"));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
    }

    [Test]
    public async Task Data_is_downloaded_and_the_account_deleted_after_typing_the_address()
    {
        var (user, browser) = await SignedInAsync();
        var page = await browser.GetAsync("/account/data");
        var file = await browser.PostAsync("/account/data?handler=Download", Tokens(page));
        var data = JsonNode.Parse(file.Body)!;
        Assert.That((string?)data["profile"]!["email"], Is.EqualTo(user));
        Assert.That(file.Body, Does.Not.Contain("argon2").IgnoreCase);
        Assert.That((await browser.PostAsync("/account/data?handler=Delete", [.. Tokens(page), new("Confirm", "something else")])).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        await browser.PostAsync("/account/data?handler=Delete", [.. Tokens(page), new("Confirm", user)]);
        using var again = Browser();
        Assert.That((await again.SignInAsync(await again.GetAsync("/login"), user)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        await Host.InScopeAsync(async services => Assert.That(await services.GetRequiredService<UserDirectory>().FindByNameAsync(user), Is.Null));
    }

    [Test]
    public async Task A_form_that_outlived_its_token_is_shown_again_with_what_was_typed()
    {
        var (_, browser) = await SignedInAsync();
        var page = await browser.PostAsync("/account", [new("GivenName", "Zoë"), new("FamilyName", "Ünlü")]);
        Assert.That((page.Status, page.Body.Contains("value=\"Zo&#xEB;\"", StringComparison.Ordinal) || page.Body.Contains("value=\"Zoë\"", StringComparison.Ordinal)), Is.EqualTo((HttpStatusCode.BadRequest, true)));
        Assert.That((await browser.SubmitAsync(page)).Body, Does.Contain("Your profile is saved"));
    }
}
