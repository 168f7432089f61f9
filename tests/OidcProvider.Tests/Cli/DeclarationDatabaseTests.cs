using OidcProvider.Cli;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Cli;

/// <summary>The round trip of a configuration is the same on every database, and from one kind to the other.</summary>
public class DeclarationDatabaseTests
{
    [TestCase(Database.PostgreSql, Database.PostgreSql, "json"), TestCase(Database.PostgreSql, Database.Sqlite, "yaml"), TestCase(Database.Sqlite, Database.PostgreSql, "yaml")]
    public async Task An_export_applied_to_an_empty_database_exports_the_same_bytes(Database from, Database to, string format)
    {
        var folder = Directory.CreateTempSubdirectory("oidc-declaration-").FullName;
        await using var one = await TestDatabase.CreateAsync(from, Directory.CreateDirectory(Path.Combine(folder, "one")).FullName);
        await using var two = await TestDatabase.CreateAsync(to, Directory.CreateDirectory(Path.Combine(folder, "two")).FullName);
        var wanted = SwitchedOff.With(Given.Administration());
        // Where databases differ in what comes first.
        wanted["clients"]!.AsArray().Add(Given.Client("Zeta", method: "none"));
        wanted["clients"]!.AsArray().Add(Given.Client("a_b-c.d", method: "none"));
        foreach (var client in wanted["clients"]!.AsArray().Select(client => (string)client!["client_id"]!))
        {
            Environment.SetEnvironmentVariable($"OIDC_SECRET_{System.Text.RegularExpressions.Regex.Replace(client.ToUpperInvariant(), "[^A-Z0-9]+", "_")}", Given.Secret);
        }

        var file = Path.Combine(folder, "wanted.json");
        await File.WriteAllTextAsync(file, wanted.ToJsonString());
        await RunAsync(one, "migrate");
        await RunAsync(two, "migrate");
        await RunAsync(one, "apply", file);
        var first = await RunAsync(one, "export", "--format", format);
        var exported = Path.Combine(folder, $"exported.{format}");
        await File.WriteAllTextAsync(exported, first);

        await RunAsync(two, "apply", exported);
        Assert.That(await RunAsync(two, "export", "--format", format), Is.EqualTo(first).And.Length.GreaterThan(1000));
        Assert.That(await RunAsync(two, "drift", exported), Is.Empty);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> RunAsync(TestDatabase database, params string[] verb)
    {
        using StringWriter output = new(), error = new();
        string[] settings =
        [
            "--environment=Development", "--Issuer=http://localhost:5080", $"--Database:Provider={database.Kind}", $"--ConnectionStrings:Database={database.ConnectionString}",
            $"--Hosting:MasterKey={Convert.ToBase64String(new byte[32])}", "--PasswordHash:MemoryKiB=8192", "--PasswordHash:Iterations=1",
        ];
        var code = await CommandLine.InvokeAsync([.. verb, .. settings], arguments => Program.Build(arguments), new CliConsole(output, error, TextReader.Null, Interactive: false));
        Assert.That(code, Is.Zero, $"{string.Join(' ', verb)}: {error}");
        return output.ToString();
    }
}
