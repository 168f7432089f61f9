using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Cli.Operations;
using OidcProvider.Clients;
using OidcProvider.Clients.Grading;

namespace OidcProvider.Cli;

/// <summary><c>client lint [ID] [--min-grade B]</c>: what is wrong with one client or with all. Ends with a fault when one is worse than the grade.</summary>
internal static class ClientLintCommand
{
    public static Command Create(CliHost host)
    {
        var id = new Argument<string?>("client_id") { Arity = ArgumentArity.ZeroOrOne, Description = "The client; all of them when left out." };
        var least = new Option<string>("--min-grade") { Description = "A to F: worse than this is a fault.", DefaultValueFactory = _ => "F" };
        least.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: 1 } letter || !ClientGrade.Letters.Contains(letter, StringComparison.OrdinalIgnoreCase))
            {
                result.AddError("--min-grade is a letter from A to F.");
            }
        });
        var command = new Command("lint", "Grade clients by the rule sets that are for them: OAuth 2.1, FAPI 2.0, browser-based apps, MCP.") { id, least };
        command.SetAction(host.With(LocalLooks.Of, RemoteLooks.Of, async (parsed, looks, cancellation) =>
        {
            var graded = await host.Console.ProgressAsync("Grading", progress => looks.GradesAsync(parsed.GetValue(id), progress, cancellation));
            if (!graded.Succeeded)
            {
                return host.Console.Refuse(graded.Problems);
            }

            Print(host, parsed, graded.Value);
            var worse = graded.Value.Count(entry => !entry.Grade.IsAtLeast(parsed.GetValue(least)![0]));
            host.Console.Say($"{graded.Value.Count} client(s), {worse} below {parsed.GetValue(least)!.ToUpperInvariant()}.");
            return worse == 0 ? CliConsole.Success : CliConsole.Fault;
        }));
        return command;
    }

    private static void Print(CliHost host, ParseResult parsed, IReadOnlyList<GradedClient> grades)
    {
        if (parsed.GetValue(ClientCommands.Json))
        {
            host.Console.Json(new JsonArray([.. grades.Select(entry => new JsonObject
            {
                ["client_id"] = entry.ClientId, ["grade"] = entry.Grade.Letter, ["rule_sets"] = JsonSerializer.SerializeToNode(entry.Grade.RuleSets, ClientJson.Options),
            })]));
            return;
        }

        host.Console.Table(["client_id", "grade", "finding", "reason"], grades.SelectMany(entry => entry.Grade.Findings().DefaultIfEmpty().Select((finding, index) => new[]
        {
            index == 0 ? entry.ClientId : "", index == 0 ? entry.Grade.Letter : "", finding?.Code, finding?.Reason,
        })));
    }
}
