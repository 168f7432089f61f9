using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using OidcProvider.ApiKeys;
using OidcProvider.Cli.Operations;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary><c>api-key list|add|revoke</c>.</summary>
internal static class ApiKeyCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON to standard output.", Recursive = true };

    public static Command Create(CliHost host) => new("api-key", "Keys with which services call APIs.") { Json, List(host), Add(host), Revoke(host) };

    private static Command List(CliHost host)
    {
        var search = new Option<string?>("--search") { Description = "Part of the name, of the beginning of the key or of the user's address." };
        var state = new Option<string?>("--state") { Description = "active, expired, revoked or suspended." };
        var command = new Command("list", "List the API keys, newest first.") { search, state };
        command.SetAction(host.With(LocalApiKeys.Of, RemoteApiKeys.Of, async (parsed, keys, cancellation) =>
            await keys.ListAsync(parsed.GetValue(search), parsed.GetValue(state), cancellation) is var listed && listed.Succeeded ? Show(host, parsed, listed.Value) : host.Console.Refuse(listed.Problems)));
        return command;
    }

    private static Command Add(CliHost host)
    {
        var user = new Option<string>("--user") { Description = "The address of the user the key acts for.", Required = true };
        var name = new Option<string>("--name") { Description = "What it is called, for instance the service that uses it.", Required = true };
        var scope = new Option<string>("--scope") { Description = "What it may be used for: registered scopes, and admin.* within the user's roles.", Required = true };
        var days = new Option<int?>("--days") { Description = "Days until it expires. Default: ApiKeys:DefaultLifetime." };
        var command = new Command("add", "Make an API key. It is shown once, on standard output.") { user, name, scope, days };
        command.SetAction(host.With(LocalApiKeys.Of, RemoteApiKeys.Of, async (parsed, keys, cancellation) =>
        {
            var made = await keys.MakeAsync(parsed.GetValue(user)!, parsed.GetValue(name)!, parsed.GetValue(scope)!, parsed.GetValue(days), cancellation);
            if (!made.Succeeded)
            {
                return host.Console.Refuse(made.Problems);
            }

            if (parsed.GetValue(Json))
            {
                var shown = Shown(made.Value.ApiKey);
                shown["key"] = made.Value.Key;
                host.Console.Json(shown);
            }
            else
            {
                host.Console.Out.WriteLine(made.Value.Key);
            }

            host.Console.Say($"API key '{made.Value.ApiKey.Name}' made for {made.Value.ApiKey.User}, until {Iso(made.Value.ApiKey.ExpiresAt)}. It is shown now and never again.");
            return CliConsole.Success;
        }));
        return command;
    }

    private static Command Revoke(CliHost host)
    {
        var key = new Argument<string>("key") { Description = "Its id, or its readable beginning (oidck_…) as `api-key list` shows it." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("revoke", "Take an API key out at once, with every access token it was exchanged for.") { key, yes };
        command.SetAction(host.With(LocalApiKeys.Of, RemoteApiKeys.Of, async (parsed, keys, cancellation) =>
        {
            var named = parsed.GetValue(key)!;
            var found = await keys.ListAsync(null, null, cancellation);
            if (!found.Succeeded)
            {
                return host.Console.Refuse(found.Problems);
            }

            if (found.Value.SingleOrDefault(view => view.Prefix == named || view.Id.ToString() == named) is not { } view)
            {
                return host.Console.Refuse([new Problem(ApiKeyRegistry.NotFound, $"there is no API key '{named}'")]);
            }

            if (host.Console.Hold($"Revoke API key '{view.Name}' of {view.User}? What uses it stops working.", parsed.GetValue(yes)) is { } stop)
            {
                return stop;
            }

            var revoked = await keys.RevokeAsync(view.Id, cancellation);
            return revoked.Succeeded ? Show(host, parsed, [revoked.Value]) : host.Console.Refuse(revoked.Problems);
        }));
        return command;
    }

    private static int Show(CliHost host, ParseResult parsed, IReadOnlyList<ApiKeyView> keys)
    {
        if (parsed.GetValue(Json))
        {
            host.Console.Json(new JsonArray([.. keys.Select(Shown)]));
        }
        else
        {
            host.Console.Table(["key", "name", "user", "scope", "state", "expires", "last used"], keys.Select(key => new[] { key.Prefix, key.Name, key.User, key.Scope, key.State, Iso(key.ExpiresAt), Iso(key.LastUsedAt) }));
        }

        return CliConsole.Success;
    }

    private static JsonObject Shown(ApiKeyView key) => new()
    {
        ["id"] = key.Id.ToString(), ["prefix"] = key.Prefix, ["name"] = key.Name, ["user"] = key.User, ["scope"] = key.Scope, ["state"] = key.State,
        ["created_at"] = Iso(key.CreatedAt), ["expires_at"] = Iso(key.ExpiresAt), ["last_used_at"] = Iso(key.LastUsedAt),
    };

    private static string? Iso(DateTime? at) => at?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
