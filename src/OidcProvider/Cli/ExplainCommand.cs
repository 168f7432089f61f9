using System.CommandLine;
using System.Text.Json;
using OidcProvider.Admin.Api;
using OidcProvider.Audit;
using OidcProvider.Cli.Operations;

namespace OidcProvider.Cli;

/// <summary><c>explain ID</c>: why a request was refused. Exit code 1 when there is none of that id in the last 24 hours.</summary>
internal static class ExplainCommand
{
    public static Command Create(CliHost host)
    {
        var id = new Argument<string>("id") { Description = "The reference from the error page or the X-Request-Id header." };
        var json = new Option<bool>("--json") { Description = "Write JSON to standard output." };
        var command = new Command("explain", "Say why a protocol request was refused, and what to do.") { id, json };
        command.SetAction(host.With(LocalLooks.Of, RemoteLooks.Of, async (parsed, looks, cancellation) =>
        {
            var explained = await looks.ExplainAsync(parsed.GetValue(id)!.Trim(), cancellation);
            if (!explained.Succeeded)
            {
                return host.Console.Refuse(explained.Problems);
            }

            var found = explained.Value;
            if (parsed.GetValue(json))
            {
                host.Console.Json(JsonSerializer.SerializeToNode(found, ApiJson.Options));
            }
            else
            {
                Write(host.Console, found);
            }

            return CliConsole.Success;
        }));
        return command;
    }

    private static void Write(CliConsole console, ExplainedRequest found)
    {
        var why = found.Explanation;
        console.Out.WriteLine($"{found.At:yyyy-MM-dd HH:mm:ss} UTC  {why.Method} /connect/{found.Endpoint}  client {found.ClientId ?? "(none)"}  {found.Error}");
        console.Out.WriteLine($"Cause: {why.Cause}");
        console.Out.WriteLine($"Fix:   {why.Fix}");
        console.Table(["", "check", "found"], why.Checks.Select(check => new[] { check.Outcome.Replace('_', ' '), check.Name, check.Detail }));
        console.Table(["parameter", "value"], why.Parameters.Select(pair => new[] { pair.Key, pair.Value }));
    }
}
