using System.Net;
using System.Net.Sockets;
using OidcProvider.TestKit;
using static Microsoft.Playwright.Assertions;

namespace OidcProvider.BrowserTests;

/// <summary>The command line as a program of its own against a server that is another one: signed in by the device flow in a real browser.</summary>
public class RemoteCliTests : BrowserFixture
{
    private readonly string _issuer = $"http://127.0.0.1:{FreePort()}";
    private string _folder = null!;

    [OneTimeSetUp]
    public async Task PrepareAsync()
    {
        _folder = Directory.CreateTempSubdirectory("oidc-remote-").FullName;
        await File.WriteAllTextAsync(Path.Combine(_folder, "bootstrap.json"), Given.Administration().ToJsonString());
    }

    [OneTimeTearDown]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task An_administrator_signs_in_on_a_browser_and_works_on_a_server_in_another_process()
    {
        await using var server = SampleProcess.StartServer(
            [
                "--environment=Development", $"--urls={_issuer}", $"--Issuer={_issuer}", "--Bootstrap:File=bootstrap.json", "--Users:RequireMfaForRoles=", "--PasswordHash:MemoryKiB=8192", "--PasswordHash:Iterations=1",
            ], [], _folder);
        await server.ListeningAsync();

        await using var login = Cli("login");
        var page = await PageAsync();
        await page.GotoAsync(await login.LineAsync("  or open"));
        await SignInAsync(page);
        await Expect(page.Locator("body")).ToContainTextAsync("OidcProvider command line");
        await PressAsync(page, "Allow");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Device connected");
        Assert.That(await login.ExitAsync(), Is.Zero, login.Output);

        Assert.That(await RunAsync(0, "whoami", "--json"), Does.Contain(Given.Alice).And.Contain("\"admin\""));
        Assert.That(await RunAsync(0, "key", "list"), Does.Contain("RS256"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "wanted.yaml"), "clients:\n  - client_id: from-afar\n    token_endpoint_auth_method: none\n    redirect_uris: [\"https://app.example/cb\"]\n");
        Assert.That(await RunAsync(3, "drift", "wanted.yaml"), Does.Contain("+ client from-afar"));
        Assert.That(await RunAsync(0, "apply", "wanted.yaml"), Does.Contain("1 change(s) made"));
        Assert.That(await RunAsync(0, "export", "--format", "yaml"), Does.Contain("from-afar").And.Not.Contain("oidcprovider-cli"));
        Assert.That(await RunAsync(0, "logout"), Does.Contain("Signed out"));
        Assert.That(await RunAsync(1, "key", "list"), Does.Contain("(not_signed_in)"));
    }

    private async Task<string> RunAsync(int expected, params string[] verb)
    {
        await using var process = Cli(verb);
        Assert.That(await process.ExitAsync(), Is.EqualTo(expected), process.Output);
        return process.Output;
    }

    private SampleProcess Cli(params string[] verb) =>
        SampleProcess.StartServer(verb, new Dictionary<string, string> { ["OIDC_SERVER"] = _issuer, ["OIDC_CONFIG_DIR"] = Path.Combine(_folder, "config") }, _folder);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
