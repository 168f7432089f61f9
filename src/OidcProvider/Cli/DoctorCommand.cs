using System.CommandLine;
using System.Text.Json.Nodes;
using OidcProvider.Admin.Doctor;
using OidcProvider.Cli.Remote;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary><c>doctor</c>: what is wrong with an installation, and what to do about it. Exit code 1 when something is broken.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliHost host)
    {
        var json = new Option<bool>("--json") { Description = "Write JSON to standard output." };
        var command = new Command("doctor", "Look at settings, database, clock, keys, mail, Redis, disk, cookies, proxy, TLS and the public address, and say what to do.") { json };
        // On this machine it must look where nothing works yet: no database is brought up to date for it.
        var there = host.WithServer(async (parsed, server, cancellation) =>
            await AskAsync(server, cancellation) is var said && said.Succeeded ? Show(host.Console, said.Value, parsed.GetValue(json)) : host.Console.Refuse(said.Problems));
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(CliHost.Server) is not null)
            {
                return await there(parsed, cancellation);
            }

            await using var app = host.BuildForVerb();
            await using var scope = app.Services.CreateAsyncScope();
            return Show(host.Console, await scope.ServiceProvider.GetRequiredService<Checkup>().LookAsync(cancellation), parsed.GetValue(json));
        });
        return command;
    }

    private static async Task<Result<IReadOnlyList<Finding>>> AskAsync(RemoteServer server, CancellationToken cancellation) =>
        (await server.GetAsync("doctor", cancellation)).Then(answer => (IReadOnlyList<Finding>)[.. answer.Json!["items"]!.AsArray().Select(item => new RemoteAnswer(item!.ToJsonString(), null).Read<Finding>())]);

    private static int Show(CliConsole console, IReadOnlyList<Finding> findings, bool json)
    {
        if (json)
        {
            console.Json(new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
            {
                ["what"] = finding.What, ["health"] = finding.Health.ToString().ToLowerInvariant(), ["detail"] = finding.Detail, ["fix"] = finding.Fix,
            })]));
        }
        else
        {
            console.Table(["", "what", "found", "what to do"], findings.Select(finding => new[] { finding.Health switch { Health.Ok => "ok", Health.Warning => "warning", _ => "FAULT" }, finding.What, finding.Detail, finding.Fix }));
        }

        return findings.Any(finding => finding.Health is Health.Fault) ? CliConsole.Fault : CliConsole.Success;
    }
}
