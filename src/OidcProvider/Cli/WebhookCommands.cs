using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using OidcProvider.Cli.Operations;
using OidcProvider.Webhooks;

namespace OidcProvider.Cli;

/// <summary><c>webhook list|add|remove|test</c>.</summary>
internal static class WebhookCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output.", Recursive = true };

    public static Command Create(CliHost host) => new("webhook", "Other systems that are told of events.") { Json, List(host), Add(host), Remove(host), Test(host) };

    private static Command List(CliHost host)
    {
        var command = new Command("list", "List the webhooks and whether they work.");
        command.SetAction(host.With(LocalWebhooks.Of, RemoteWebhooks.Of, async (parsed, hooks, cancellation) =>
        {
            var listed = await hooks.ListAsync(cancellation);
            if (!listed.Succeeded)
            {
                return host.Console.Refuse(listed.Problems);
            }

            var found = listed.Value;
            if (parsed.GetValue(Json))
            {
                host.Console.Json(new JsonArray([.. found.Select(Shown)]));
            }
            else
            {
                host.Console.Table(["id", "url", "events", "state", "failing since"], found.Select(hook => new[] { hook.Id.ToString(), hook.Url, string.Join(' ', hook.Events), hook.State, Iso(hook.FailingSince) }));
            }

            return CliConsole.Success;
        }));
        return command;
    }

    private static Command Add(CliHost host)
    {
        var url = new Option<string>("--url") { Description = "The https address to send to.", Required = true };
        var events = new Option<string[]>("--event") { Description = "An event, user.* and the like, or *. May be repeated.", Required = true };
        var description = new Option<string?>("--description") { Description = "What it is for." };
        var command = new Command("add", "Register a webhook. Its secret is shown once, on standard output.") { url, events, description };
        command.SetAction(host.With(LocalWebhooks.Of, RemoteWebhooks.Of, async (parsed, hooks, cancellation) =>
        {
            var added = await hooks.AddAsync(new(parsed.GetValue(url)!, parsed.GetValue(events)!, parsed.GetValue(description)), cancellation);
            if (!added.Succeeded)
            {
                return host.Console.Refuse(added.Problems);
            }

            if (parsed.GetValue(Json))
            {
                var shown = Shown(added.Value.Webhook);
                shown["secret"] = added.Value.Secret;
                host.Console.Json(shown);
            }
            else
            {
                host.Console.Out.WriteLine(added.Value.Secret);
            }

            host.Console.Say($"Webhook {added.Value.Webhook.Id} registered. Its secret is shown now and never again.");
            return CliConsole.Success;
        }));
        return command;
    }

    private static Command Remove(CliHost host)
    {
        var id = new Argument<Guid>("id") { Description = "The webhook, as `webhook list` names it." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("remove", "Remove a webhook with its deliveries, sent and unsent.") { id, yes };
        command.SetAction(host.With(LocalWebhooks.Of, RemoteWebhooks.Of, async (parsed, hooks, cancellation) =>
        {
            if (host.Console.Hold($"Remove webhook {parsed.GetValue(id)} and what waits to be sent to it?", parsed.GetValue(yes)) is { } stop)
            {
                return stop;
            }

            if (await hooks.RemoveAsync(parsed.GetValue(id), cancellation) is { } refused)
            {
                return host.Console.Refuse([refused]);
            }

            host.Console.Say($"Webhook {parsed.GetValue(id)} removed.");
            return CliConsole.Success;
        }));
        return command;
    }

    private static Command Test(CliHost host)
    {
        var id = new Argument<Guid>("id") { Description = "The webhook, as `webhook list` names it." };
        var command = new Command("test", "Put a webhook.test event into the outbox; a running server sends it.") { id };
        command.SetAction(host.With(LocalWebhooks.Of, RemoteWebhooks.Of, async (parsed, hooks, cancellation) =>
        {
            var sent = await hooks.TestAsync(parsed.GetValue(id), cancellation);
            if (!sent.Succeeded)
            {
                return host.Console.Refuse(sent.Problems);
            }

            host.Console.Say($"Test {sent.Value.Id} waits to be sent.");
            return CliConsole.Success;
        }));
        return command;
    }

    private static JsonObject Shown(WebhookView hook) => new()
    {
        ["id"] = hook.Id.ToString(), ["url"] = hook.Url, ["description"] = hook.Description, ["events"] = new JsonArray([.. hook.Events.Select(name => JsonValue.Create(name))]),
        ["state"] = hook.State, ["failing_since"] = Iso(hook.FailingSince), ["created_at"] = Iso(hook.CreatedAt),
    };

    private static string? Iso(DateTime? at) => at?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
