using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OidcProvider.Hosting;
using OidcProvider.Webhooks;

namespace OidcProvider.Declarations;

/// <summary>
/// The webhooks of a file: as they are, how they differ, made so. A webhook has no name, so its address tells it apart, and several at one address are
/// told apart by their place among them.
/// </summary>
internal sealed partial class WebhookDeclaration(WebhookRegistry registry)
{
    private const string Kind = "webhook";

    /// <inheritdoc cref="WebhookRegistry.Committed"/>
    public void Committed() => registry.Committed();

    private sealed record Known(WebhookView View, DeclaredWebhook Hook);

    private sealed record Wanted(int Index, DeclaredWebhook Hook);

    public async Task<JsonArray> ExportAsync(CancellationToken cancellation) =>
        new([.. (await KnownAsync(cancellation)).Select(pair => (JsonNode)Entry(pair.Name, pair.Item.Hook))]);

    /// <summary>A webhook as it stands in a file.</summary>
    public static JsonObject Entry(WebhookView view) => Entry(view.Url, Of(view));

    public async Task PlanAsync(List<PlanStep> steps, BootstrapFile file, bool prune, bool withSecrets, CancellationToken cancellation)
    {
        var known = (await KnownAsync(cancellation)).ToDictionary(pair => pair.Name, pair => pair.Item, StringComparer.Ordinal);
        var wanted = Named(file);
        foreach (var (name, item) in wanted)
        {
            var before = known.GetValueOrDefault(name);
            Difference.Add(steps, Kind, name, before is null ? null : Plain(before.Hook), Plain(item.Hook));
            if (withSecrets && before is not null && item.Hook.Secret is { } secret && !await registry.HasSecretAsync(before.View.Id, secret, cancellation))
            {
                steps.Add(Difference.OfSecret(Kind, name, "secret"));
            }
        }

        if (prune && file.Webhooks is not null)
        {
            steps.AddRange(known.Keys.Except(wanted.Select(pair => pair.Name), StringComparer.Ordinal).Select(name => new PlanStep(PlanStep.Remove, Kind, name, [])));
        }
    }

    /// <summary>Makes them what the file says, in the caller's transaction.</summary>
    public async Task<List<Problem>> ApplyAsync(BootstrapFile file, ApplyOptions how, Action advance, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        var known = (await KnownAsync(cancellation)).ToDictionary(pair => pair.Name, pair => pair.Item.View, StringComparer.Ordinal);
        var wanted = Named(file);
        // First what goes: it makes room for what comes.
        foreach (var name in how.Prune && file.Webhooks is not null ? known.Keys.Except(wanted.Select(pair => pair.Name), StringComparer.Ordinal) : [])
        {
            await registry.RemoveAsync(known[name].Id, how.Editor.Actor, cancellation);
        }

        foreach (var (name, (index, hook)) in wanted)
        {
            problems.AddRange(BootstrapFile.At(Path(index), await ApplyAsync(hook, known.GetValueOrDefault(name), how, cancellation)));
            advance();
        }

        return problems;
    }

    /// <summary>Everything that is wrong with them here and now. Changes nothing.</summary>
    public async Task<List<Problem>> CheckAsync(BootstrapFile file, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        var known = file.Webhooks is { Count: > 0 } ? (await KnownAsync(cancellation)).Select(pair => pair.Name).ToHashSet(StringComparer.Ordinal) : [];
        foreach (var (name, (index, hook)) in Named(file))
        {
            problems.AddRange(BootstrapFile.At(Path(index), registry.Check(Request(hook))));
            // A secret made here would be shown to nobody.
            if (hook.Secret is null && !known.Contains(name))
            {
                problems.Add(new(WebhookRules.Invalid, "is required for a new webhook (or the environment variable that it refers to is not set)", $"{Path(index)}.secret"));
            }
        }

        return problems;
    }

    private async Task<IReadOnlyList<Problem>> ApplyAsync(DeclaredWebhook hook, WebhookView? known, ApplyOptions how, CancellationToken cancellation)
    {
        var actor = how.Editor.Actor;
        var made = known is null
            ? (await registry.AddAsync(Request(hook), actor, cancellation)).Then(issued => issued.Webhook)
            : await registry.UpdateAsync(known.Id, Request(hook), null, actor, cancellation);
        if (!made.Succeeded)
        {
            return made.Problems;
        }

        var now = made.Value.DisabledAt is not null;
        var off = how.Off(hook.Disabled, now);
        return off == now ? [] : (await registry.SwitchAsync(made.Value.Id, !off, actor, cancellation)).Problems;
    }

    private async Task<List<(string Name, Known Item)>> KnownAsync(CancellationToken cancellation) =>
        Named((await registry.ListAsync(cancellation)).Select(view => new Known(view, Of(view))), known => known.Hook);

    private static List<(string Name, Wanted Item)> Named(BootstrapFile file) =>
        Named((file.Webhooks ?? []).Select((hook, index) => new Wanted(index, hook with { Events = [.. hook.Events.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] })), wanted => wanted.Hook);

    // The same order on every server, whichever was registered first.
    private static List<(string Name, T Item)> Named<T>(IEnumerable<T> all, Func<T, DeclaredWebhook> hook) =>
    [
        .. all.GroupBy(item => hook(item).Url, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).SelectMany(group => group
            .OrderBy(item => string.Join(' ', hook(item).Events), StringComparer.Ordinal).ThenBy(item => hook(item).Description, StringComparer.Ordinal).ThenBy(item => hook(item).Disabled is true)
            .Select((item, place) => (place == 0 ? group.Key : $"{group.Key} #{place + 1}", item))),
    ];

    private static DeclaredWebhook Of(WebhookView view) => new() { Url = view.Url, Description = view.Description, Events = view.Events, Disabled = view.DisabledAt is not null };

    private static WebhookRequest Request(DeclaredWebhook hook) => new(hook.Url, hook.Description, hook.Events, hook.Secret);

    private static JsonObject Entry(string name, DeclaredWebhook hook)
    {
        var entry = Plain(hook);
        entry.Insert(1, "secret", $"${{env:{Variable(name)}}}");
        return entry;
    }

    private static JsonObject Plain(DeclaredWebhook hook)
    {
        var plain = new JsonObject { ["url"] = hook.Url };
        if (!string.IsNullOrWhiteSpace(hook.Description))
        {
            plain["description"] = hook.Description.Trim();
        }

        plain["events"] = new JsonArray([.. hook.Events.Select(name => (JsonNode)name)]);
        if (hook.Disabled is true)
        {
            plain["disabled"] = true;
        }

        return plain;
    }

    private static string Path(int index) => $"webhooks[{index}]";

    // Without the query, which may hold a secret of the receiver's.
    private static string Variable(string name) => $"OIDC_WEBHOOK_SECRET_{NotInNames().Replace(Query().Replace(name, "").ToUpperInvariant(), "_").Trim('_')}";

    [GeneratedRegex("^https?://|\\?[^ ]*")]
    private static partial Regex Query();

    [GeneratedRegex("[^A-Z0-9]+")]
    private static partial Regex NotInNames();
}
