using System.CommandLine;
using System.Text.Json.Nodes;
using OidcProvider.Data;

namespace OidcProvider.Cli;

/// <summary><c>migrate [--dry-run]</c>: brings the database schema up to date, or says what is missing.</summary>
internal static class MigrateCommand
{
    public static Command Create(CliHost host)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only list the migrations that are missing." };
        var json = new Option<bool>("--json") { Description = "Write JSON to standard output." };
        var command = new Command("migrate", "Bring the database schema up to date.") { dryRun, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var app = host.BuildForVerb();
            await using var scope = app.Services.CreateAsyncScope();
            var migrator = scope.ServiceProvider.GetRequiredService<Migrator>();
            var dry = parsed.GetValue(dryRun);
            var names = dry ? await migrator.PendingAsync(cancellation) : await migrator.ApplyAsync(cancellation);
            if (parsed.GetValue(json))
            {
                host.Console.Json(new JsonObject { [dry ? "pending" : "applied"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) });
                return CliConsole.Success;
            }

            foreach (var name in names)
            {
                await host.Console.Out.WriteLineAsync(name);
            }

            host.Console.Say(names.Count == 0 ? "The database is up to date." : dry ? $"{names.Count} migration(s) are missing." : $"{names.Count} migration(s) applied.");
            return CliConsole.Success;
        });
        return command;
    }
}
