using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Playground;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Admin;

/// <summary>The playground is a client like any other, keeps no secret, and goes nowhere but to this server.</summary>
public partial class PlaygroundTests : ProviderFixture
{
    protected override JsonObject? Bootstrap => Given.Administration();

    [Test]
    public async Task Client_credentials_give_a_token_that_is_taken_apart_and_the_secret_is_seen_nowhere()
    {
        using var agent = Browser();
        var page = await BeginAsync(agent, ("Flow", Flow.Credentials), ("ClientId", Given.Worker), ("ClientSecret", Given.Secret), ("Scope", "api"));
        Assert.That(page.Body, Does.Contain("access_token").And.Contain("at&#x2B;jwt").And.Contain("✓").And.Not.Contain("✗"));
        Assert.That(page.Body, Does.Not.Contain(Given.Secret));
        Assert.That(Host.Log.Lines.Where(line => line.Contains(Given.Secret, StringComparison.Ordinal)), Is.Empty);
        Assert.That(page.Header("Set-Cookie"), Does.Contain("httponly").And.Contain("samesite=lax").And.Not.Contain(Given.Secret));
        foreach (var language in new[] { "ASP.NET Core", "Node", "Python", "curl" })
        {
            Assert.That(page.Body, Does.Contain($"<summary>{language}</summary>"));
        }
    }

    [Test]
    public async Task A_client_page_leads_to_the_playground_with_the_client_its_flow_and_its_scope_chosen()
    {
        using var clara = Browser();
        await clara.SignInAsync(await clara.GetAsync("/login"), Given.ClientAdmin);
        foreach (var (client, flow, scope) in new[] { (Given.Worker, Flow.Credentials, "api"), (Given.Device, Flow.Device, "openid"), (Given.Spa, Flow.Code, "openid") })
        {
            var link = System.Net.WebUtility.HtmlDecode(TestIt().Match((await clara.GetAsync($"/admin/clients/settings?client_id={client}")).Body).Groups[1].Value);
            Assert.That(link, Does.StartWith("/playground?client_id="), client);
            var page = await clara.GetAsync(link);
            Assert.That(page.Body, Does.Contain($"name=\"ClientId\" value=\"{client}\"").And.Match($"value=\"{flow}\" checked").And.Match($"name=\"Scope\" value=\"{scope}"), client);
        }

        var odd = await clara.GetAsync("/playground?client_id=%22%3E%3Cscript%3E&flow=nonsense");
        Assert.That(odd.Body, Does.Contain("value=\"&quot;&gt;&lt;script&gt;\"").And.Match($"value=\"{Flow.Code}\" checked"));
    }

    [GeneratedRegex("<a class=\"btn btn-quiet spacer\" href=\"([^\"]*)\">Test it")]
    private static partial Regex TestIt();

    [Test]
    public async Task The_device_flow_waits_for_the_user()
    {
        using var agent = Browser();
        var page = await BeginAsync(agent, ("Flow", Flow.Device), ("Scope", "openid"));
        var code = UserCode().Match(page.Body).Groups[1].Value;
        page = await agent.SubmitAsync(page);
        Assert.That(page.Body, Does.Contain("authorization_pending"));

        using var user = Browser();
        await user.SubmitAsync(await user.SignInAsync(await user.GetAsync($"/device?user_code={code}")), "allow");
        Host.Time.Advance(TimeSpan.FromSeconds(30));
        page = await agent.SubmitAsync(page);
        Assert.That(page.Body, Does.Contain("ID token").And.Not.Contain("✗"));
    }

    [Test]
    public async Task A_client_that_does_not_redirect_here_is_changed_only_with_consent_of_who_may()
    {
        using var nobody = Browser();
        var page = await BeginAsync(nobody, ("Flow", Flow.Code), ("ClientId", Given.Spa));
        Assert.That(page.Body, Does.Contain("does not redirect to").And.Not.Contain("Add the address"));
        Assert.That((int)(await nobody.PostAsync("/playground?handler=Allow", [])).Status, Is.EqualTo(403));

        using var clara = Browser();
        await clara.SignInAsync(await clara.GetAsync("/login"), Given.ClientAdmin);
        page = await BeginAsync(clara, ("Flow", Flow.Code), ("ClientId", Given.Spa));
        Assert.That(page.Body, Does.Contain("Add the address to spa"));
        page = await clara.SubmitAsync(page);
        Assert.That(page.Body, Does.Not.Contain("does not redirect to").And.Contain("Go there"));
    }

    [Test]
    public async Task The_link_leads_to_this_server_whatever_a_visitor_types()
    {
        using var agent = Browser();
        var page = await BeginAsync(agent, ("Flow", Flow.Code), ("ClientId", "https://evil.example/\"><script>"), ("Scope", "openid&redirect_uri=https://evil.example"), ("Prompt", "login&redirect_uri=https://evil.example"));
        var link = System.Net.WebUtility.HtmlDecode(Link().Match(page.Body).Groups[1].Value);
        Assert.That(link, Does.StartWith("/connect/authorize?").And.Not.Contain("redirect_uri=https://evil"));
        Assert.That(page.Body, Does.Not.Contain("<script>"));
        Assert.That((int)(await BeginAsync(agent, ("Flow", "https://evil.example"))).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task In_production_it_is_for_administrators_and_can_be_switched_off()
    {
        static async Task<AuthorizationPolicy> PolicyAsync(params string[] settings)
        {
            await using var app = Program.Build(["--Issuer=https://id.example", $"--Hosting:MasterKey={Convert.ToBase64String(new byte[32])}", .. settings]);
            return (await app.Services.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync(PlaygroundModule.Policy))!;
        }

        Assert.That((await PolicyAsync("--environment=Production")).Requirements, Has.Some.InstanceOf<PermissionRequirement>().And.Some.InstanceOf<DenyAnonymousAuthorizationRequirement>());
        var off = await PolicyAsync("--environment=Development", "--Admin:Playground=false");
        Assert.That(await ((AssertionRequirement)off.Requirements.Single()).Handler(new AuthorizationHandlerContext(off.Requirements, new(), null)), Is.False);
    }

    private static async Task<TestKit.Page> BeginAsync(UserAgent agent, params (string Name, string Value)[] fields) => await agent.SubmitAsync(await agent.GetAsync("/playground"), null, [("Pushed", "false"), .. fields]);

    [GeneratedRegex("user_code=([A-Z-]{9})")]
    private static partial Regex UserCode();

    [GeneratedRegex("class=\"btn btn-primary\" href=\"([^\"]*)\"")]
    private static partial Regex Link();
}
