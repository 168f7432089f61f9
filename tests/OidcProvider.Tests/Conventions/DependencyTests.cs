using Microsoft.Extensions.Hosting;
using NetArchTest.Rules;
using OidcProvider.Hosting;

namespace OidcProvider.Tests.Conventions;

/// <summary>The folder rule of the design: six tiers, arrows only downward, on the compiled assembly.</summary>
public class DependencyTests
{
    private static readonly string[] Base = ["Languages", "Hosting", "Branding", "Telemetry", "Jobs"];
    private static readonly string[] State = [.. Base, "Data"];
    private static readonly string[] Services = [.. State, "Mail", "Audit"];
    private static readonly string[] Domain = [.. Services, "Users", "Clients", "Keys", "Sessions", "Tokens", "Throttling", "Logout", "ApiKeys", "Webhooks", "Declarations"];
    private static readonly string[] Everything = [.. Domain, "Protocol", "SignIn", "Account", "Admin", "Cli", "Shared"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Languages"] = [], ["Hosting"] = ["Languages"], ["Branding"] = ["Hosting", "Languages"], ["Telemetry"] = ["Hosting"], ["Jobs"] = ["Telemetry"], ["Shared"] = Base,
        ["Data"] = Base,
        ["Mail"] = State, ["Audit"] = State,
        ["Users"] = [.. Services, "Sessions"], ["Clients"] = Services, ["Keys"] = Services, ["Sessions"] = Services, ["Throttling"] = Services,
        ["Tokens"] = [.. Services, "Clients", "Keys", "Sessions"], ["Logout"] = [.. Services, "Sessions", "Clients", "Keys"],
        ["Webhooks"] = [.. Services, "Users", "Tokens"],
        ["ApiKeys"] = [.. Services, "Users", "Clients", "Tokens", "Throttling"],
        ["Declarations"] = [.. Services, "Users", "Clients", "Webhooks"],
        ["Protocol"] = Domain, ["SignIn"] = Domain, ["Account"] = Domain, ["Admin"] = Domain,
        ["Cli"] = Everything,
    };

    private static IEnumerable<string> Folders => Allowed.Keys;

    /// <summary>Checked here and not at each start, which would take longer for it.</summary>
    [Test]
    public async Task Every_service_can_be_made()
    {
        var folder = Directory.CreateTempSubdirectory("oidc-services-").FullName;
        await using (Program.Build([.. TestServices.Arguments(folder)], builder => builder.Host.UseDefaultServiceProvider(options => options.ValidateScopes = options.ValidateOnBuild = true)))
        {
        }

        Directory.Delete(folder, recursive: true);
    }

    [TestCaseSource(nameof(Folders))]
    public void A_folder_uses_only_what_lies_below_it(string folder)
    {
        var forbidden = Everything.Except(Allowed[folder]).Where(other => other != folder).Select(other => $"OidcProvider.{other}.").ToArray();
        var result = Types.InAssembly(typeof(IssuerUri).Assembly).That().ResideInNamespaceMatching($@"^OidcProvider\.{folder}(\.|$)")
            .ShouldNot().HaveDependencyOnAny(forbidden).GetResult();
        Assert.That(result.FailingTypeNames ?? [], Is.Empty);
    }

    [TestCase("OpenIddict.Server", "Protocol|Tokens|Logout|Keys"), TestCase("System.CommandLine", "Cli"), TestCase("Spectre.Console", "Cli"), TestCase("Quartz", "Jobs"), TestCase("Geralt", "Hosting"), TestCase("StackExchange.Redis", "Sessions")]
    public void A_library_has_its_home(string library, string homes)
    {
        var result = Types.InAssembly(typeof(IssuerUri).Assembly).That().ResideInNamespaceMatching(@"^OidcProvider\.").And().DoNotResideInNamespaceMatching($@"^OidcProvider\.({homes})(\.|$)")
            .ShouldNot().HaveDependencyOn(library).GetResult();
        Assert.That((result.FailingTypeNames ?? []).Where(name => !name.EndsWith("Job", StringComparison.Ordinal) && !name.EndsWith("Commands", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Every_folder_is_in_the_table()
    {
        var folders = typeof(IssuerUri).Assembly.GetTypes().Select(type => type.Namespace).OfType<string>().Where(name => name.StartsWith("OidcProvider.", StringComparison.Ordinal)).Select(name => name.Split('.')[1]).Distinct();
        Assert.That(folders.Except(Folders), Is.Empty);
    }
}
