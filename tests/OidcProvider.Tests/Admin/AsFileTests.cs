using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Clients;
using OidcProvider.TestKit;
using OidcProvider.Users;
using OidcProvider.Webhooks;

namespace OidcProvider.Tests.Admin;

/// <summary>The pages show what they change as the equivalent file: applied where it was taken, it changes nothing.</summary>
public class AsFileTests : ProviderFixture
{
    private static readonly string Secret = $"whsec_{Convert.ToBase64String(new byte[32])}";

    protected override JsonObject? Bootstrap
    {
        get
        {
            var wanted = Given.Administration();
            wanted["scopes"]![0]!["display_name#de"] = "Die Beispiel-API nutzen";
            wanted["users"]![1]!["roles"] = new JsonArray("writer", "editor");
            wanted["users"]![1]!["disabled"] = true;
            wanted["webhooks"] = new JsonArray(new JsonObject { ["url"] = "https://hooks.example/as-file", ["secret"] = Secret, ["events"] = new JsonArray("*"), ["disabled"] = true });
            return wanted;
        }
    }

    [Test]
    public async Task A_page_shows_what_apply_would_find_to_be_there_already()
    {
        string? bob = null, hook = null;
        await Host.InScopeAsync(async services =>
        {
            await services.GetRequiredService<ClientRegistry>().DisableAsync(Given.Web, "test");
            bob = (await services.GetRequiredService<UserDirectory>().FindByNameAsync(Given.Bob))!.Id.ToString();
            hook = (await services.GetRequiredService<WebhookRegistry>().ListAsync()).Single().Id.ToString();
        });
        using var api = await AdminApi.SignInAsync(Host, Given.Alice, "openid admin.configuration.read");
        using var owner = Browser();
        await owner.SignInAsync(await owner.GetAsync("/login"));
        foreach (var (page, part, off) in new[]
        {
            ($"/admin/clients/settings?client_id={Given.Web}", "clients", true), ($"/admin/clients/redirects?client_id={Given.Other}", "clients", false), ("/admin/scopes/edit?name=api", "scopes", false),
            ($"/admin/users/{bob}", "users", true), ($"/admin/users/{bob}/roles", "users", true), ("/admin/roles/edit?name=editor", "users", true), ($"/admin/webhooks/{hook}", "webhooks", true),
        })
        {
            var shown = await owner.GetAsync(page);
            Assert.That((int)shown.Status, Is.EqualTo(200), page);
            Assert.That(shown.Body, Does.Not.Contain(Given.Secret).And.Not.Contain(Secret).And.Not.Contain(Given.Password), page);
            var file = JsonNode.Parse(WebUtility.HtmlDecode(Regex.Match(shown.Body, "as JSON\"><code>(.*?)</code>", RegexOptions.Singleline).Groups[1].Value))!.AsObject();
            var entry = file[part]!.AsArray().Single()!;
            Assert.That((bool?)entry["disabled"] ?? false, Is.EqualTo(off), page);
            Assert.That((await api.SendAsync(HttpMethod.Post, "configuration/plan", file)).Body!["steps"]!.AsArray(), Is.Empty, page);
        }
    }
}
