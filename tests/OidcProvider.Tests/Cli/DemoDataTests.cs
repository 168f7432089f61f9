using Microsoft.EntityFrameworkCore;
using OidcProvider.Cli;
using OidcProvider.Declarations;

namespace OidcProvider.Tests.Cli;

internal sealed class DemoDataTests
{
    [Test]
    public async Task The_demo_is_made_once_applies_and_prints_one_curl_line()
    {
        await using var services = await TestServices.CreateAsync(settings: [("urls", "http://localhost:5080")]);
        var demo = services.Get<DemoData>();
        var file = demo.EnsureFile();
        var text = await File.ReadAllTextAsync(file);

        Assert.That(demo.Wanted);
        Assert.That(await services.Get<Bootstrap>().ApplyAsync(demo.EnsureFile(), ExistingUsers.Keep), Is.Empty);
        Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo(text));
        Assert.That(await services.Database.Clients.CountAsync(), Is.EqualTo(4));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }

        using var output = new StringWriter();
        await demo.PrintAsync(output);
        var lines = output.ToString().Split('\n');
        Assert.That(lines.Count(line => line.StartsWith("curl ", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(output.ToString(), Does.Contain("http://localhost:5080/connect/token").And.Contain("demo@example.test").And.Contain(file));
    }

    [TestCase("environment", "Production")]
    [TestCase("Issuer", "https://id.example")]
    [TestCase("Bootstrap:File", "own.json")]
    public async Task There_is_no_demo_beside_development_on_loopback_without_a_file_of_ones_own(string key, string value)
    {
        await using var services = await TestServices.CreateAsync(settings: [(key, value)]);
        using var output = new StringWriter();
        await services.Get<DemoData>().PrintAsync(output);

        Assert.That(services.Get<DemoData>().Wanted, Is.False);
        Assert.That(output.ToString(), Is.Empty);
    }
}
