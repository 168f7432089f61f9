using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Clients;
using OidcProvider.TestKit;
using OidcProvider.Tokens;
using OidcProvider.Users;

namespace OidcProvider.Tests.Tokens;

/// <summary>What ends a grant ends everything that came of it, access tokens included, for whoever asks.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class RevocationReachTests(Database database) : ProviderFixture(database)
{
    [Test]
    public async Task A_disabled_client_holds_nothing_until_it_is_enabled_again()
    {
        var id = await RegisterAsync("to-disable");
        using var client = Client(id);
        using var api = Client(Given.Api);
        var tokens = await client.SignInAsync();
        Assert.That((await api.IntrospectAsync(tokens["access_token"]))["active"], Is.EqualTo("true"));

        await Host.InScopeAsync(services => services.GetRequiredService<ClientRegistry>().DisableAsync(id, "test"));

        Assert.That((await api.IntrospectAsync(tokens["access_token"]))["active"], Is.EqualTo("false"));
        Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_client"));
        await Host.InScopeAsync(services => services.GetRequiredService<ClientRegistry>().EnableAsync(id, "test"));
        Assert.That((await api.IntrospectAsync(tokens["access_token"]))["active"], Is.EqualTo("true"));
    }

    [Test]
    public async Task A_removed_client_holds_nothing_even_when_its_name_is_registered_again()
    {
        var id = await RegisterAsync("to-remove");
        using var client = Client(id);
        using var api = Client(Given.Api);
        var users = await client.SignInAsync();
        var own = await client.TokenAsync(("grant_type", "client_credentials"), ("scope", "api"));
        Assert.That((await api.IntrospectAsync(own["access_token"]))["active"], Is.EqualTo("true"), own.Json?.ToString());

        await Host.InScopeAsync(services => services.GetRequiredService<ClientRegistry>().RemoveAsync(id, "test"));
        Assert.That((await api.IntrospectAsync(users["access_token"]))["active"], Is.EqualTo("false"));
        Assert.That((await api.IntrospectAsync(own["access_token"]))["active"], Is.EqualTo("false"));

        Host.Time.Advance(TimeSpan.FromSeconds(5));
        await RegisterAsync("to-remove");
        Assert.That((await api.IntrospectAsync(own["access_token"]))["active"], Is.EqualTo("false"));
        Assert.That((await api.IntrospectAsync(users["access_token"]))["active"], Is.EqualTo("false"));
    }

    [Test]
    public async Task Withdrawing_an_app_takes_consent_refresh_and_access_tokens_and_leaves_other_apps_alone()
    {
        using var client = Client();
        using var other = Client(Given.Trusted);
        using var browser = Browser();
        var tokens = await client.SignInAsync(browser, Given.Bob);
        var others = await other.SignInAsync(browser, Given.Bob);
        await Host.InScopeAsync(async services =>
        {
            var user = (await services.GetRequiredService<UserDirectory>().FindByNameAsync(Given.Bob))!;
            var apps = services.GetRequiredService<ConnectedApps>();
            var app = (await apps.ListAsync(user.Id)).Single(item => item.ClientId == Given.Web);
            Assert.That((app.Name, app.LiveGrants), Is.EqualTo(("App web", 1)));
            Assert.That(await apps.WithdrawAsync(user.Id, app.Id, user.Id.ToString()), Is.True);
            Assert.That((await apps.ListAsync(user.Id)).Select(item => item.ClientId), Is.EqualTo(new[] { Given.Trusted }));
        });

        Assert.That((await client.UserInfoAsync(tokens["access_token"])).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await client.RefreshAsync(tokens["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That((await browser.GetAsync(client.AuthorizationUrl(("prompt", "none")))).Parameter("error"), Is.EqualTo("consent_required"));
        Assert.That((await other.UserInfoAsync(others["access_token"])).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    private async Task<string> RegisterAsync(string id)
    {
        await Host.InScopeAsync(async services =>
        {
            var definition = new ClientDefinition
            {
                ClientId = id, ClientSecret = Given.Secret, RedirectUris = [Given.Redirect], Consent = "implicit",
                GrantTypes = ["authorization_code", "refresh_token", "client_credentials"], ResponseTypes = ["code"], Scope = RelyingParty.AllScopes,
            };
            var registered = await services.GetRequiredService<ClientRegistry>().RegisterAsync(definition, "test");
            Assert.That(registered.Succeeded, Is.True, () => string.Join('\n', registered.Problems.Select(problem => problem.Message)));
        });
        return id;
    }
}
