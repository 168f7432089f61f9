using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using OidcProvider.Cli.Operations;
using OidcProvider.Hosting;
using OidcProvider.Keys;

namespace OidcProvider.Cli;

/// <summary><c>key list|rotate|revoke</c>. A running server takes the change within a second.</summary>
internal static class KeyCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output.", Recursive = true };

    public static Command Create(CliHost host) => new("key", "Keys that sign and encrypt tokens.") { Json, List(host), Rotate(host), Revoke(host) };

    private static Command List(CliHost host)
    {
        var command = new Command("list", "List the keys and what each is doing.");
        command.SetAction(host.With(LocalKeys.Of, RemoteKeys.Of, async (parsed, keys, cancellation) =>
            await keys.ListAsync(cancellation) is var listed && listed.Succeeded ? Show(host, parsed, listed.Value) : host.Console.Refuse(listed.Problems)));
        return command;
    }

    private static Command Rotate(CliHost host)
    {
        var algorithm = new Option<string>("--algorithm") { Description = "RS256, PS256, ES256 or A256KW.", DefaultValueFactory = _ => "RS256" };
        var command = new Command("rotate", "Make the next key now. It is announced first and signs after Keys:AnnounceFor.") { algorithm };
        command.SetAction(host.With(LocalKeys.Of, RemoteKeys.Of, async (parsed, keys, cancellation) =>
            Answer(host, parsed, await keys.RotateAsync(parsed.GetValue(algorithm)!, cancellation))));
        return command;
    }

    private static Command Revoke(CliHost host)
    {
        var kid = new Argument<string>("kid") { Description = "The key, as `key list` names it." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("revoke", "Take a key out at once: everything it signed is refused, and a new key signs.") { kid, yes };
        command.SetAction(host.With(LocalKeys.Of, RemoteKeys.Of, async (parsed, keys, cancellation) =>
            host.Console.Hold($"Refuse every token that key {parsed.GetValue(kid)} signed?", parsed.GetValue(yes))
            ?? Answer(host, parsed, await keys.RevokeAsync(parsed.GetValue(kid)!, cancellation))));
        return command;
    }

    private static int Answer(CliHost host, ParseResult parsed, Result<KeyView> outcome) =>
        outcome.Succeeded ? Show(host, parsed, [outcome.Value]) : host.Console.Refuse(outcome.Problems);

    private static int Show(CliHost host, ParseResult parsed, IReadOnlyList<KeyView> keys)
    {
        if (parsed.GetValue(Json))
        {
            host.Console.Json(new JsonArray([.. keys.Select(key => (JsonNode)new JsonObject
            {
                ["kid"] = key.Kid, ["use"] = key.Use, ["alg"] = key.Algorithm, ["phase"] = key.Phase, ["created_at"] = Iso(key.CreatedAt), ["signs_from"] = Iso(key.ActivateAt),
            })]));
        }
        else
        {
            host.Console.Table(["kid", "use", "alg", "phase", "created", "signs from"], keys.Select(key => new[] { key.Kid, key.Use, key.Algorithm, key.Phase, Iso(key.CreatedAt), Iso(key.ActivateAt) }));
        }

        return CliConsole.Success;
    }

    private static string Iso(DateTime at) => at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
