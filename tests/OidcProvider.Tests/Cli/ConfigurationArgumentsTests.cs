using OidcProvider.Cli;

namespace OidcProvider.Tests.Cli;

[Parallelizable(ParallelScope.All)]
internal sealed class ConfigurationArgumentsTests
{
    [TestCase("--urls http://127.0.0.1:7001", "--urls=http://127.0.0.1:7001", "")]
    [TestCase("--urls=http://127.0.0.1:7001 serve", "--urls=http://127.0.0.1:7001", "serve")]
    [TestCase("client list --json --Database:Provider PostgreSql", "--Database:Provider=PostgreSql", "client list --json")]
    [TestCase("--Issuer=https://id.example/ client add --redirect-uri https://rp1.test/cb", "--Issuer=https://id.example/", "client add --redirect-uri https://rp1.test/cb")]
    [TestCase("--environment Production config check", "--environment=Production", "config check")]
    [TestCase("client add --redirect-uri=http://127.0.0.1:1/cb --require-pkce false", "", "client add --redirect-uri=http://127.0.0.1:1/cb --require-pkce false")]
    [TestCase("--Issuer --verbose", "", "--Issuer --verbose")]
    [TestCase("client show -- --Issuer=x", "", "client show -- --Issuer=x")]
    [TestCase("-h --", "", "-h --")]
    public void Settings_are_told_from_verbs(string line, string settings, string words)
    {
        var split = ConfigurationArguments.Split(line.Split(' '));

        Assert.That(string.Join(' ', split.Settings), Is.EqualTo(settings));
        Assert.That(string.Join(' ', split.Words), Is.EqualTo(words));
    }
}
