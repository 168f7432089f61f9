using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.TestKit;
using OidcProvider.Users;

namespace OidcProvider.Tests.SignIn;

/// <summary>What opens with half a sign-in, or with a session alone: nothing (ASVS 5.0 2.3.1, 7.5.1; attacks G01, G03).</summary>
public class HalfSignedInTests : ProviderFixture
{
    private static readonly string[] OfTheSecondStep = ["/login/mfa", "/login/recovery", "/login/setup"];

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Users:RequireMfaForRoles"] = "admin" };

    [Test]
    public async Task G01_on_every_route_the_password_alone_is_worth_what_nothing_is()
    {
        var (user, _, _) = await UserWithAppAsync();
        using var half = Browser();
        using var stranger = Browser();
        Assert.That((await half.SignInAsync(await half.GetAsync("/login"), user)).Title, Is.EqualTo("Confirm it is you"));
        var routes = Host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(route => $"/{route.RoutePattern.RawText?.TrimStart('/')}").Where(path => !path.Contains('{', StringComparison.Ordinal) && !path.Contains('.', StringComparison.Ordinal))
            .Except(OfTheSecondStep).Distinct().ToList();
        Assert.That(routes, Has.Count.GreaterThan(20).And.Contain("/account").And.Contain("/device").And.Contain("/connect/authorize"));
        foreach (var path in routes)
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
            {
                var (mine, theirs) = (await half.SendAsync(new HttpRequestMessage(method, path)), await stranger.SendAsync(new HttpRequestMessage(method, path)));
                Assert.That((mine.Status, mine.Location?.AbsolutePath, mine.Title), Is.EqualTo((theirs.Status, theirs.Location?.AbsolutePath, theirs.Title)), $"{method} {path}");
                Assert.That(mine.Body, Does.Not.Contain(user), $"{method} {path}");
            }
        }

        using var client = Client(Given.Trusted);
        Assert.That((await half.GetAsync(client.AuthorizationUrl(("prompt", "none")))).Parameter("error"), Is.EqualTo("login_required"));
        Assert.That((await half.GetAsync("/login/mfa")).Title, Is.EqualTo("Confirm it is you"), "and the second step is still open");
    }

    [Test]
    public async Task G03_a_session_alone_sets_up_no_factor_and_adds_none_where_one_is()
    {
        var (user, browser) = await SignedInAsync();
        Host.Time.Advance(TimeSpan.FromMinutes(11));
        var asked = await browser.GetAsync("/login/setup");
        Assert.That((asked.Title, asked.Uri.Query.Contains("reason=fresh", StringComparison.Ordinal)), Is.EqualTo(("Sign in", true)), "whoever got hold of the cookie does not know the password");
        var form = await browser.PostAsync("/login/setup", [.. Tokens(asked), new("Code", "000000")]);
        Assert.That(form.Title, Is.EqualTo("Sign in"));
        Assert.That((await browser.SignInAsync(asked, user)).Title, Is.EqualTo("Set up your authenticator app"));

        var (withApp, _, _) = await UserWithAppAsync();
        using var half = Browser();
        var step = await half.SignInAsync(await half.GetAsync("/login"), withApp);
        Assert.That((await half.GetAsync("/login/setup")).Title, Is.EqualTo("Confirm it is you"));
        Assert.That((await half.PostAsync("/login/setup", [.. Tokens(step), new("Code", "000000")])).Title, Is.EqualTo("Confirm it is you"));
        Assert.That((await half.PostAsync("/account/authenticator", [.. Tokens(step), new("Code", "000000")])).Title, Is.EqualTo("Sign in"));
    }

    [Test]
    public async Task G03_a_factor_that_is_not_set_up_lets_nobody_in()
    {
        // A secret that was shown but never confirmed, and recovery codes of nobody.
        var user = await UserAsync("admin");
        using var browser = Browser();
        var setup = await browser.SignInAsync(await browser.GetAsync("/login"), user);
        Assert.That(setup.Title, Is.EqualTo("Set up your authenticator app"));
        byte[] secret = [];
        await Host.InScopeAsync(async services => secret = await services.GetRequiredService<SecondFactors>().BeginAsync((await services.GetRequiredService<UserDirectory>().FindByNameAsync(user))!.Id));
        Assert.That((await browser.PostAsync("/login/mfa", [.. Tokens(setup), new("Code", CodeOf(secret))])).Title, Is.EqualTo("Set up your authenticator app"));
        var recovery = await browser.PostAsync("/login/recovery", [.. Tokens(setup), new("Code", "22222-22222")]);
        Assert.That(recovery.Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await browser.GetAsync("/account")).Title, Is.EqualTo("Sign in"));
    }

    [Test]
    public async Task A_secret_that_lay_about_is_replaced()
    {
        var (_, browser) = await SignedInAsync();
        var first = (await browser.GetAsync("/account/authenticator")).Body;
        Assert.That(SecretOf((await browser.GetAsync("/account/authenticator")).Body), Is.EqualTo(SecretOf(first)), "two tabs show the same");
        Host.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.That(SecretOf((await browser.GetAsync("/account/authenticator")).Body), Is.EqualTo(SecretOf(first)));
        Host.Time.Advance(TimeSpan.FromMinutes(8));
        var again = await browser.GetAsync("/account/authenticator");
        Assert.That(again.Title, Is.EqualTo("Sign in"));
    }

    [Test]
    public async Task The_second_tab_of_a_second_step_goes_on_silently()
    {
        var (user, secret, _) = await UserWithAppAsync();
        using var browser = Browser();
        var first = await browser.SignInAsync(await browser.GetAsync("/login?returnUrl=%2Faccount%2Femail"), user);
        var second = await browser.GetAsync("/login/mfa?returnUrl=%2Faccount%2Fapps");
        Assert.That((await browser.SubmitAsync(first, null, ("Code", CodeOf(secret)))).Title, Is.EqualTo("E-mail address"));
        Assert.That((await browser.SubmitAsync(second, null, ("Code", CodeOf(secret)))).Title, Is.EqualTo("Connected apps"), "the code is used up, but nothing is missing");
        Assert.That((await browser.GetAsync("/login/mfa")).Title, Is.EqualTo("You are signed in"), "nor for the back button");
    }

    [Test]
    public async Task Adding_a_second_factor_does_not_make_an_old_sign_in_fresh()
    {
        var (user, secret, _) = await UserWithAppAsync();
        using var browser = Browser();
        using var client = Client(Given.Trusted);
        await browser.SubmitAsync(await browser.SignInAsync(await browser.GetAsync("/login"), user), null, ("Code", CodeOf(secret)), ("Trust", "true"));
        await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out");
        await browser.SignInAsync(await browser.GetAsync("/login"), user);
        var signedInAt = Host.Time.GetUtcNow().ToUnixTimeSeconds();
        Host.Time.Advance(TimeSpan.FromHours(1));
        var stepUp = await browser.GetAsync(client.AuthorizationUrl(("acr_values", "aal2")));
        var tokens = await client.RedeemAsync((await browser.SubmitAsync(stepUp, null, ("Code", CodeOf(secret)))).Parameter("code")!);
        Assert.That(tokens.IdToken.GetPayloadValue<string>("acr"), Is.EqualTo("aal2"));
        Assert.That(tokens.IdToken.GetPayloadValue<long>("auth_time"), Is.EqualTo(signedInAt).Within(2), "the password was shown an hour ago");
        Assert.That((await browser.GetAsync("/account/password")).Title, Is.EqualTo("Sign in"), "nor is a change to the account open");

        // Also when the same request asks for a fresh sign-in, in a browser that may skip the second factor otherwise: first one, then the other.
        await browser.SubmitAsync(await browser.GetAsync("/logout"), "sign-out");
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        var again = await browser.SignInAsync(await browser.GetAsync(client.AuthorizationUrl(("acr_values", "aal2"), ("prompt", "login"))), user);
        Assert.That(again.Title, Is.EqualTo("Confirm it is you"));
        var both = (await browser.SubmitAsync(again, null, ("Code", CodeOf(secret)))).Parameter("code");
        Assert.That((await client.RedeemAsync(both!)).IdToken.GetPayloadValue<string>("acr"), Is.EqualTo("aal2"));

        Host.Time.Advance(TimeSpan.FromMinutes(5));
        var refreshed = await client.RefreshAsync(tokens["refresh_token"]);
        Assert.That((refreshed.AccessToken.GetPayloadValue<long>("auth_time"), refreshed.AccessToken.GetPayloadValue<string>("acr")), Is.EqualTo((tokens.IdToken.GetPayloadValue<long>("auth_time"), "aal2")), "kept over refresh");
    }

    private static string SecretOf(string body) => System.Text.RegularExpressions.Regex.Match(body, "secret=([A-Z2-7]+)").Groups[1].Value;
}
