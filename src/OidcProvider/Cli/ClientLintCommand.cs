using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Clients;
using OidcProvider.Clients.Grading;

namespace OidcProvider.Cli;

/// <summary><c>client lint [ID] [--min-grade B]</c>: what is wrong with one client or with all. Ends with a fault when one is worse than the grade.</summary>
internal static class ClientLintCommand
{
    private const int Page = 500;

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
        command.SetAction(host.WithDatabase(async (parsed, services, cancellation) =>
        {
            if (parsed.GetValue(id) is { } one && await services.GetRequiredService<ClientRegistry>().FindAsync(one, cancellation) is null)
            {
                return host.Console.Refuse([ClientRegistry.Unknown(one)]);
            }

            var grades = await GradesAsync(services, parsed.GetValue(id), cancellation);
            Print(host, parsed, grades);
            var worse = grades.Count(entry => !entry.Grade.IsAtLeast(parsed.GetValue(least)![0]));
            host.Console.Say($"{grades.Count} client(s), {worse} below {parsed.GetValue(least)!.ToUpperInvariant()}.");
            return worse == 0 ? CliConsole.Success : CliConsole.Fault;
        }));
        return command;
    }

    private static async Task<List<(string ClientId, ClientGrade Grade)>> GradesAsync(IServiceProvider services, string? only, CancellationToken cancellation)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        var catalog = services.GetRequiredService<ClientCatalog>();
        if (only is not null)
        {
            var client = (await services.GetRequiredService<ClientRegistry>().FindAsync(only, cancellation))!;
            return [(only, ClientGrade.Of(client, await catalog.UsageAsync(client.Id, cancellation), now))];
        }

        List<(string, ClientGrade)> grades = [];
        for (var (query, more) = (new ClientQuery { Take = Page }, true); more;)
        {
            (var page, more) = await catalog.ListAsync(query, cancellation);
            grades.AddRange(page.Select(listed => (listed.Client.ClientId, ClientGrade.Of(listed.Client, listed.Usage, now))));
            query = more ? query with { After = (page[^1].SortValue, page[^1].Client.Id) } : query;
        }

        return grades;
    }

    private static void Print(CliHost host, ParseResult parsed, List<(string ClientId, ClientGrade Grade)> grades)
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
