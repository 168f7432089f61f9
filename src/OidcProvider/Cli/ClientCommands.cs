using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Cli.Operations;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary><c>client list|show|add|update|remove|disable|enable</c>; secrets and <c>lint</c> have files of their own.</summary>
internal static class ClientCommands
{
    internal static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output.", Recursive = true };

    public static Command Create(CliHost host)
    {
        var client = new Command("client", "Registered clients.")
        {
            Json, List(host), Show(host), Add(host), Update(host), Remove(host), ClientLintCommand.Create(host),
            Switch(host, "disable", "Make a client unknown to every endpoint, keeping its data.", enabled: false),
            Switch(host, "enable", "Undo disable.", enabled: true),
        };
        foreach (var command in ClientSecretCommands.Create(host))
        {
            client.Add(command);
        }

        return client;
    }

    private static Command List(CliHost host)
    {
        var search = new Option<string?>("--search") { Description = "Part of the client_id or of the name." };
        var command = new Command("list", "List the clients.") { search };
        command.SetAction(host.With(LocalClients.Of, RemoteClients.Of, async (parsed, clients, cancellation) =>
        {
            var listed = await clients.ListAsync(parsed.GetValue(search), cancellation);
            if (!listed.Succeeded)
            {
                return host.Console.Refuse(listed.Problems);
            }

            if (parsed.GetValue(Json))
            {
                host.Console.Json(new JsonArray([.. listed.Value.Select(Shown)]));
            }
            else
            {
                host.Console.Table(["client_id", "client_name", "token_endpoint_auth_method", "grant_types", "state"], listed.Value.Select(client => new[]
                {
                    client.ClientId, client.Definition.ClientName, client.Definition.TokenEndpointAuthMethod, string.Join(' ', client.Definition.GrantTypes), client.Disabled ? "disabled" : "",
                }));
            }

            return CliConsole.Success;
        }));
        return command;
    }

    private static Command Show(CliHost host) => WithId(host, "show", "Show one client. Its secret cannot be shown.", async (parsed, id, clients, cancellation) =>
        Report(host, parsed, await clients.FindAsync(id, cancellation), null));

    private static Command Add(CliHost host)
    {
        var metadata = new MetadataOptions<ClientDefinition>();
        var command = new Command("add", "Register a client. Options are RFC 7591 metadata names; without --client-id and --client-secret the server makes them.");
        metadata.AddTo(command);
        command.SetAction(host.With(LocalClients.Of, RemoteClients.Of, async (parsed, clients, cancellation) =>
        {
            var definition = metadata.Read(parsed, []);
            return definition.Succeeded
                ? Report(host, parsed, await clients.AddAsync(definition.Value, cancellation), "registered")
                : host.Console.Refuse(definition.Problems);
        }));
        return command;
    }

    private static Command Update(CliHost host)
    {
        var metadata = new MetadataOptions<ClientDefinition>("client_id");
        var command = WithId(host, "update", "Change metadata of a client; what is not given stays, an empty value is removed.", async (parsed, id, clients, cancellation) =>
        {
            var read = await clients.FindAsync(id, cancellation);
            if (!read.Succeeded)
            {
                return host.Console.Refuse(read.Problems);
            }

            // Response types follow the grants unless they are given too.
            var stored = JsonSerializer.SerializeToNode(read.Value.Definition, ClientJson.Options)!.AsObject();
            stored.Remove("response_types");
            var definition = metadata.Read(parsed, stored);
            return definition.Succeeded
                ? Report(host, parsed, await clients.UpdateAsync(read.Value, definition.Value, cancellation), "updated")
                : host.Console.Refuse(definition.Problems);
        });
        metadata.AddTo(command);
        return command;
    }

    private static Command Remove(CliHost host)
    {
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = WithId(host, "remove", "Remove a client with its tokens, grants and consents.", async (parsed, id, clients, cancellation) =>
        {
            var read = await clients.FindAsync(id, cancellation);
            if (!read.Succeeded)
            {
                return host.Console.Refuse(read.Problems);
            }

            if (host.Console.Hold($"Remove client '{id}' with all its tokens, grants and consents?", parsed.GetValue(yes)) is { } stop)
            {
                return stop;
            }

            if (await clients.RemoveAsync(read.Value, cancellation) is { } fault)
            {
                return host.Console.Refuse([fault]);
            }

            host.Console.Say($"Client '{id}' removed.");
            return CliConsole.Success;
        });
        command.Add(yes);
        return command;
    }

    private static Command Switch(CliHost host, string verb, string description, bool enabled) =>
        WithId(host, verb, description, async (parsed, id, clients, cancellation) =>
            Report(host, parsed, await clients.SwitchAsync(id, enabled, cancellation), $"{verb}d"));

    /// <summary>A verb about one client, named as argument or as <c>--client-id</c>.</summary>
    internal static Command WithId(CliHost host, string name, string description, Func<ParseResult, string, IClientOperations, CancellationToken, Task<int>> action)
    {
        var argument = new Argument<string?>("client_id") { Arity = ArgumentArity.ZeroOrOne, Description = "The client." };
        var option = new Option<string?>("--client-id") { Description = "The client, as an option." };
        var command = new Command(name, description) { argument, option };
        command.Validators.Add(result =>
        {
            if (result.GetValue(argument) is null == result.GetValue(option) is null)
            {
                result.AddError("Name the client, once: as argument or with --client-id.");
            }
        });
        command.SetAction(host.With(LocalClients.Of, RemoteClients.Of, (parsed, clients, cancellation) =>
            action(parsed, (parsed.GetValue(argument) ?? parsed.GetValue(option))!, clients, cancellation)));
        return command;
    }

    internal static int Report(CliHost host, ParseResult parsed, Result<ShownClient> result, string? done)
    {
        if (!result.Succeeded)
        {
            return host.Console.Refuse(result.Problems);
        }

        Print(host, parsed, result.Value);
        if (done is not null)
        {
            host.Console.Say($"Client '{result.Value.ClientId}' {done}.{(result.Value.Secret is null ? "" : " The secret is shown now and never again.")}");
        }

        return CliConsole.Success;
    }

    private static void Print(CliHost host, ParseResult parsed, ShownClient client)
    {
        if (parsed.GetValue(Json))
        {
            host.Console.Json(Shown(client));
            return;
        }

        host.Console.Table(["name", "value"], Shown(client).Select(member => new[]
        {
            member.Key, member.Value is JsonArray list ? string.Join(' ', list) : member.Value?.ToString(),
        }));
    }

    private static JsonObject Shown(ShownClient client)
    {
        var shown = JsonSerializer.SerializeToNode(client.Definition, ClientJson.Options)!.AsObject();
        if (client.Secret is { } secret)
        {
            shown.Insert(1, "client_secret", secret);
        }

        if (client.Disabled)
        {
            shown["disabled"] = true;
        }

        return shown;
    }
}
