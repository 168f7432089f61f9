using System.Diagnostics;
using OidcProvider.Tests.Conventions;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Interop;

/// <summary>Clients that others wrote, with no special options: code + PKCE, pushed requests, userinfo, refresh, revocation, sign-out.</summary>
public class InteropTests : ProviderFixture
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "interop");

    [OneTimeSetUp]
    public async Task InstallAsync()
    {
        if (!File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json")))
        {
            await RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], []);
        }
    }

    [TestCase("openid-client.mjs"), TestCase("oauth4webapi.mjs")]
    public async Task A_javascript_client_walks_all_the_way(string script)
    {
        var output = await RunAsync("node", [script], new()
        {
            ["ISSUER"] = Host.IssuerValue, ["CLIENT_ID"] = Given.Posting, ["CLIENT_SECRET"] = Given.Secret, ["REDIRECT_URI"] = Given.Redirect,
            ["POST_LOGOUT_REDIRECT_URI"] = Given.PostLogout, ["USERNAME"] = Given.Alice, ["PASSWORD"] = Given.Password,
        });
        Assert.That(output.Trim(), Is.EqualTo("OK"));
    }

    private static async Task<string> RunAsync(string file, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"{await output}\n{await error}");
        return await output;
    }
}
