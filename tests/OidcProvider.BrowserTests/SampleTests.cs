using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OidcProvider.TestKit;
using static Microsoft.Playwright.Assertions;

namespace OidcProvider.BrowserTests;

/// <summary>The samples as a user starts them, beside the server: ASP.NET Core's own OpenID Connect handler, a device, a service, an API.</summary>
public class SampleTests : BrowserFixture
{
    private readonly int _web = FreePort(), _api = FreePort();

    private string Api => $"http://127.0.0.1:{_api}";

    private string Web => $"http://127.0.0.1:{_web}";

    protected override Task<ProviderHost> StartHostAsync()
    {
        var web = Given.Client("demo-web", "client_secret_post", redirect: $"{Web}/signin-oidc", scope: "openid profile email roles offline_access api");
        web["post_logout_redirect_uris"] = new JsonArray($"{Web}/signout-callback-oidc");
        return ProviderHost.StartAsync(bootstrap: new JsonObject
        {
            ["scopes"] = new JsonArray(new JsonObject { ["name"] = "api", ["display_name"] = "Use the sample API", ["resources"] = new JsonArray(Api) }),
            ["clients"] = new JsonArray(
                web,
                Given.Client("demo-device", "none", ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"], redirect: null, scope: "openid profile email offline_access api", extra: ("application_type", "native")),
                Given.Client("demo-worker", grants: ["client_credentials"], redirect: null, scope: "api")),
            ["users"] = new JsonArray(Given.User(Given.Alice, "Alice", "Archer", ["admin"])),
        });
    }

    [Test]
    public async Task The_web_app_signs_in_calls_the_api_refreshes_and_signs_out()
    {
        await using var api = await StartApiAsync();
        await using var web = SampleProcess.Start("WebApp", [$"--urls={Web}"], Settings("demo-web"));
        await web.ListeningAsync();
        var page = await PageAsync();

        await page.GotoAsync($"{Web}/");
        await page.GetByText("Sign in").First.ClickAsync();
        await SignInAsync(page);
        await PressAsync(page, "Allow");
        await page.WaitForURLAsync($"{Web}/**");
        await Expect(page.Locator("body")).ToContainTextAsync(Given.Alice);

        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("api", System.Text.RegularExpressions.RegexOptions.IgnoreCase) }).ClickAsync();
        await Expect(page.Locator("body")).ToContainTextAsync("The API answered: 200");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("refresh", System.Text.RegularExpressions.RegexOptions.IgnoreCase) }).ClickAsync();
        await Expect(page.Locator("body")).ToContainTextAsync(Given.Alice);

        await PressAsync(page, "Sign out");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Sign out?");
        await PressAsync(page, "Sign out");
        await page.WaitForURLAsync($"{Web}/**");
        await page.GotoAsync($"{Host.IssuerValue}/");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    [Test]
    public async Task The_device_console_signs_in_through_the_browser()
    {
        await using var api = await StartApiAsync();
        await using var device = SampleProcess.Start("DeviceConsole", [], Settings("demo-device"));
        var page = await PageAsync();
        await page.GotoAsync(await device.LineAsync("or open"));
        await SignInAsync(page);
        await PressAsync(page, "Allow");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Device connected");
        // The device's clock is the real one, the server's is ours: let the interval pass there too.
        Host.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.That(await device.ExitAsync(), Is.Zero, device.Output);
        Assert.That(device.Output, Does.Contain(Given.Alice).And.Contain("Refreshed:"));
    }

    [Test]
    public async Task The_worker_calls_the_api_with_its_own_token()
    {
        await using var api = await StartApiAsync();
        await using var worker = SampleProcess.Start("Worker", ["--once"], Settings("demo-worker"));
        Assert.That(await worker.ExitAsync(), Is.Zero, worker.Output);
        Assert.That(worker.Output, Does.Contain("demo-worker"));
        using var http = new HttpClient();
        Assert.That((await http.GetAsync($"{Api}/whoami")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "without a token");
    }

    private async Task<SampleProcess> StartApiAsync()
    {
        var api = SampleProcess.Start("Api", [$"--urls={Api}", $"--Oidc:Audience={Api}"], Settings("api"));
        await api.ListeningAsync();
        return api;
    }

    private Dictionary<string, string> Settings(string client) => new()
    {
        ["Oidc__Authority"] = Host.IssuerValue, ["Oidc__ClientId"] = client, ["Oidc__ClientSecret"] = Given.Secret, ["Api__Address"] = Api, ["ASPNETCORE_ENVIRONMENT"] = "Development",
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
