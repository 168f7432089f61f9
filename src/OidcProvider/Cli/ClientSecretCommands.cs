using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OidcProvider.Clients;

namespace OidcProvider.Cli;

/// <summary><c>client secrets|add-secret|remove-secret|rotate-secret</c>: a client may have several secrets at once and change over without an outage.</summary>
internal static class ClientSecretCommands
{
    public static IEnumerable<Command> Create(CliHost host) => [List(host), Add(host), Remove(host), Rotate(host)];

    private static Command List(CliHost host) => ClientCommands.WithId(host, "secrets", "List the secrets of a client, without themselves.", async (parsed, id, clients, cancellation) =>
    {
        var found = await clients.SecretsAsync(id, cancellation);
        if (!found.Succeeded)
        {
            return host.Console.Refuse(found.Problems);
        }

        if (parsed.GetValue(ClientCommands.Json))
        {
            host.Console.Json(JsonSerializer.SerializeToNode(found.Value, ClientJson.Options));
        }
        else
        {
            host.Console.Table(["id", "description", "created_at", "expires_at", "last_used_at"], found.Value.Select(secret => new[]
            {
                secret.Id.ToString(), secret.Description, Day(secret.CreatedAt), Day(secret.ExpiresAt), Day(secret.LastUsedAt),
            }));
        }

        return CliConsole.Success;
    });

    private static Command Add(CliHost host)
    {
        var description = new Option<string?>("--description") { Description = "What people call it, for instance the machine it is on." };
        var lifetime = new Option<TimeSpan?>("--expires-in") { Description = "Duration, d.hh:mm:ss, after which it is refused." };
        var command = ClientCommands.WithId(host, "add-secret", "Add a secret beside those there are.", async (parsed, id, clients, cancellation) =>
        {
            var expiresAt = TimeProvider.System.GetUtcNow().UtcDateTime + parsed.GetValue(lifetime);
            var made = await clients.AddSecretAsync(id, parsed.GetValue(description), expiresAt, cancellation);
            if (!made.Succeeded)
            {
                return host.Console.Refuse(made.Problems);
            }

            if (parsed.GetValue(ClientCommands.Json))
            {
                host.Console.Json(JsonSerializer.SerializeToNode(made.Value, ClientJson.Options));
            }
            else
            {
                host.Console.Table(["name", "value"], [["id", made.Value.Id.ToString()], ["client_secret", made.Value.ClientSecret], ["expires_at", Day(made.Value.ExpiresAt)]]);
            }

            host.Console.Say("The secret is shown now and never again.");
            return CliConsole.Success;
        });
        command.Add(description);
        command.Add(lifetime);
        return command;
    }

    private static Command Remove(CliHost host)
    {
        var secret = new Option<Guid>("--secret-id") { Description = "The secret, as `client secrets` names it.", Required = true };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = ClientCommands.WithId(host, "remove-secret", "Remove a secret. The last valid one stays.", async (parsed, id, clients, cancellation) =>
        {
            if (host.Console.Hold($"Remove this secret of '{id}'? Whoever uses it is refused from then on.", parsed.GetValue(yes)) is { } stop)
            {
                return stop;
            }

            if (await clients.RemoveSecretAsync(id, parsed.GetValue(secret), cancellation) is { } fault)
            {
                return host.Console.Refuse([fault]);
            }

            host.Console.Say("The secret is removed.");
            return CliConsole.Success;
        });
        command.Add(secret);
        command.Add(yes);
        return command;
    }

    private static Command Rotate(CliHost host)
    {
        var grace = new Option<TimeSpan>("--grace") { Description = "Duration, d.hh:mm:ss, for which the old one stays valid too. Without it, the old one ends at once." };
        var command = ClientCommands.WithId(host, "rotate-secret", "Replace the secret.", async (parsed, id, clients, cancellation) =>
            ClientCommands.Report(host, parsed, await clients.RotateSecretAsync(id, parsed.GetValue(grace), cancellation), "has a new secret"));
        command.Add(grace);
        return command;
    }

    private static string? Day(DateTime? at) => at?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
