using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using OidcProvider.Cli;

namespace OidcProvider.Tests.Cli;

internal sealed class ConfigSchemaTests
{
    private static async Task<string> SchemaAsync()
    {
        var folder = Directory.CreateTempSubdirectory("oidc-test-").FullName;
        using StringWriter output = new(), error = new();
        await CommandLine.InvokeAsync(["config", "schema", .. TestServices.Arguments(folder)], arguments => Program.Build(arguments), new CliConsole(output, error, TextReader.Null, false));
        Directory.Delete(folder, recursive: true);
        return output.ToString();
    }

    [Test]
    public async Task The_committed_schema_is_the_one_the_options_classes_give()
    {
        var committed = Path.Combine(Root(), "appsettings.schema.json");
        Assert.That(await File.ReadAllTextAsync(committed), Is.EqualTo(await SchemaAsync()), "Run: dotnet run --project src/OidcProvider -- config schema > appsettings.schema.json");
    }

    [Test]
    public async Task Settings_carry_description_range_default_and_form()
    {
        var sections = JsonNode.Parse(await SchemaAsync())!["properties"]!;
        var minimum = sections["Users"]!["properties"]!["PasswordMinimumLength"]!;
        var provider = sections["Database"]!["properties"]!["Provider"]!;

        Assert.That(minimum["type"]!.ToString(), Is.EqualTo("integer"));
        Assert.That(minimum["minimum"]!.GetValue<int>(), Is.EqualTo(8));
        Assert.That(minimum["default"]!.GetValue<int>(), Is.EqualTo(15));
        Assert.That(minimum["description"]!.ToString(), Is.Not.Empty);
        Assert.That(provider["enum"]!.AsArray().Select(name => name!.ToString()), Is.EqualTo(new[] { "Sqlite", "PostgreSql", "SqlServer" }));
        Assert.That(provider["default"]!.ToString(), Is.EqualTo("Sqlite"));
        Assert.That(sections["Users"]!["additionalProperties"]!.GetValue<bool>(), Is.False);
        Assert.That(sections["Issuer"], Is.Not.Null);
        Assert.That(sections["ConnectionStrings"]!["properties"]!["Redis"], Is.Not.Null);
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
