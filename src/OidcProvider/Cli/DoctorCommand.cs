using System.CommandLine;
using System.Text.Json.Nodes;
using OidcProvider.Admin.Doctor;

namespace OidcProvider.Cli;

/// <summary><c>doctor</c>: what is wrong with an installation, and what to do about it. Exit code 1 when something is broken.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliHost host)
    {
        var json = new Option<bool>("--json") { Description = "Write JSON to standard output." };
        var command = new Command("doctor", "Look at settings, database, clock, keys, mail, Redis, disk, cookies, proxy, TLS and the public address, and say what to do.") { json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var app = host.BuildForVerb();
            await using var scope = app.Services.CreateAsyncScope();
            var findings = await scope.ServiceProvider.GetRequiredService<Checkup>().LookAsync(cancellation);
            if (parsed.GetValue(json))
            {
                host.Console.Json(new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
                {
                    ["what"] = finding.What, ["health"] = finding.Health.ToString().ToLowerInvariant(), ["detail"] = finding.Detail, ["fix"] = finding.Fix,
                })]));
            }
            else
            {
                host.Console.Table(["", "what", "found", "what to do"], findings.Select(finding => new[] { finding.Health switch { Health.Ok => "ok", Health.Warning => "warning", _ => "FAULT" }, finding.What, finding.Detail, finding.Fix }));
            }

            return findings.Any(finding => finding.Health is Health.Fault) ? CliConsole.Fault : CliConsole.Success;
        });
        return command;
    }
}
