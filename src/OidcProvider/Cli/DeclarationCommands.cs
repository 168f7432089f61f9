using System.CommandLine;
using System.Text.Json.Nodes;
using OidcProvider.Cli.Operations;
using OidcProvider.Declarations;

namespace OidcProvider.Cli;

/// <summary><c>export</c>, <c>apply FILE</c>, <c>drift FILE</c>: the configuration as a file under version control.</summary>
internal static class DeclarationCommands
{
    /// <summary>Exit code of <c>drift</c> when the server differs from the file.</summary>
    public const int Differs = 3;

    private static readonly Argument<string> File = new("file") { Description = "A file as `export` writes it (.json, .yaml or .yml)." };
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output." };
    private static readonly Option<bool> Prune = new("--prune") { Description = "Remove clients and scopes that the file does not name, and webhooks when it has a list of them. Users are never removed." };

    public static Command Export(CliHost host)
    {
        var format = new Option<string>("--format") { Description = "json or yaml.", DefaultValueFactory = _ => "json" };
        format.AcceptOnlyFromAmong("json", "yaml");
        var without = new Option<bool>("--without-users") { Description = "Scopes, clients and webhooks only." };
        var command = new Command("export", "Write the configuration to standard output: always in the same order, secrets as references to environment variables.") { format, without };
        command.SetAction(host.With(LocalConfiguration.Of, RemoteConfiguration.Of, async (parsed, configuration, cancellation) =>
        {
            var text = await configuration.ExportAsync(parsed.GetValue(format) == "yaml", !parsed.GetValue(without), cancellation);
            if (!text.Succeeded)
            {
                return host.Console.Refuse(text.Problems);
            }

            await host.Console.Out.WriteAsync(text.Value);
            return CliConsole.Success;
        }));
        return command;
    }

    public static Command Apply(CliHost host)
    {
        var dry = new Option<bool>("--dry-run") { Description = "Show what would change and change nothing." };
        var command = new Command("apply", "Bring scopes, clients, users and webhooks to what a file says, all of it or nothing.") { File, dry, Prune, Json };
        command.SetAction(host.With(LocalConfiguration.Of, RemoteConfiguration.Of, async (parsed, configuration, cancellation) =>
        {
            var (file, prune) = (BootstrapFile.Read(parsed.GetValue(File)!), parsed.GetValue(Prune));
            var outcome = file.Succeeded ? await configuration.PlanAsync(file.Value, prune, cancellation) : file.Problems.ToList();
            if (outcome.Succeeded && outcome.Value.Steps.Count > 0 && !parsed.GetValue(dry))
            {
                outcome = await host.Console.ProgressAsync("Applying", progress => configuration.ApplyAsync(file.Value, prune, outcome.Value, progress, cancellation));
            }

            if (!outcome.Succeeded)
            {
                return host.Console.Refuse(outcome.Problems);
            }

            var steps = outcome.Value.Steps;
            Show(host, parsed, steps);
            host.Console.Say(steps.Count == 0 ? "Nothing to change." : parsed.GetValue(dry) ? $"{steps.Count} change(s) would be made." : $"{steps.Count} change(s) made.");
            return CliConsole.Success;
        }));
        return command;
    }

    public static Command Drift(CliHost host)
    {
        var command = new Command("drift", $"Compare the server with a file. Exit code {Differs} when they differ.") { File, Json };
        command.SetAction(host.With(LocalConfiguration.Of, RemoteConfiguration.Of, async (parsed, configuration, cancellation) =>
        {
            var file = BootstrapFile.Read(parsed.GetValue(File)!);
            var plan = file.Succeeded ? await configuration.PlanAsync(file.Value, prune: true, cancellation) : file.Problems.ToList();
            if (!plan.Succeeded)
            {
                return host.Console.Refuse(plan.Problems);
            }

            var steps = plan.Value.Steps;
            Show(host, parsed, steps);
            host.Console.Say(steps.Count == 0 ? "The server is what the file says." : $"The server differs in {steps.Count} place(s).");
            return steps.Count == 0 ? CliConsole.Success : Differs;
        }));
        return command;
    }

    private static void Show(CliHost host, ParseResult parsed, IReadOnlyList<PlanStep> plan)
    {
        if (parsed.GetValue(Json))
        {
            host.Console.Json(new JsonArray([.. plan.Select(step => (JsonNode)new JsonObject
            {
                ["action"] = step.Action, ["kind"] = step.Kind, ["name"] = step.Name,
                ["changes"] = new JsonArray([.. step.Changes.Select(change => (JsonNode)new JsonObject { ["field"] = change.Field, ["before"] = change.Before, ["after"] = change.After })]),
            })]));
            return;
        }

        foreach (var step in plan)
        {
            var sign = step.Action switch { PlanStep.Create => "+", PlanStep.Remove => "-", _ => "~" };
            host.Console.Out.WriteLine($"{sign} {step.Kind} {step.Name}");
            foreach (var (field, before, after) in step.Changes)
            {
                host.Console.Out.WriteLine(step.Action == PlanStep.Create ? $"    {field}: {after}" : $"    {field}: {before ?? "(not set)"} → {after ?? "(not set)"}");
            }
        }
    }
}
