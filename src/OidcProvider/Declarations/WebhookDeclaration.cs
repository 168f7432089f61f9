using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OidcProvider.Hosting;
using OidcProvider.Webhooks;

namespace OidcProvider.Declarations;

/// <summary>
/// The webhooks of a file: as they are, how they differ, made so. A webhook has no name, so its address tells it apart. Of several at one address, those
/// that are alike are the same ones, so that each keeps its secret; the rest are told apart by their place among them.
/// </summary>
internal sealed partial class WebhookDeclaration(WebhookRegistry registry)
{
    private const string Kind = "webhook";

    /// <inheritdoc cref="WebhookRegistry.Committed"/>
    public void Committed() => registry.Committed();

    private sealed record Known(string Name, WebhookView View);

    // Without a view it is a new one.
    private sealed record Wanted(int Index, DeclaredWebhook Hook, string Name, WebhookView? View);

    // From what is surely the same one to what may be.
    private static readonly Func<DeclaredWebhook, DeclaredWebhook, bool>[] Likenesses =
    [
        (one, other) => Content(one) == Content(other) && (one.Disabled is true) == (other.Disabled is true),
        (one, other) => Content(one) == Content(other),
        (one, other) => Content(one).Events == Content(other).Events || (Content(one).Description is { Length: > 0 } words && words == Content(other).Description),
        (_, _) => true,
    ];

    public async Task<JsonArray> ExportAsync(CancellationToken cancellation) =>
        new([.. (await KnownAsync(cancellation)).Select(known => (JsonNode)Entry(known.Name, Of(known.View)))]);

    /// <summary>A webhook as it stands in a file.</summary>
    public static JsonObject Entry(WebhookView view) => Entry(view.Url, Of(view));

    public async Task PlanAsync(List<PlanStep> steps, BootstrapFile file, bool prune, bool withSecrets, CancellationToken cancellation)
    {
        var known = await KnownAsync(cancellation);
        var wanted = Matched(file, known);
        foreach (var (_, hook, name, before) in wanted)
        {
            Difference.Add(steps, Kind, name, before is null ? null : Plain(Of(before)), Plain(hook));
            if (withSecrets && before is not null && hook.Secret is { } secret && !await registry.HasSecretAsync(before.Id, secret, cancellation))
            {
                steps.Add(Difference.OfSecret(Kind, name, "secret"));
            }
        }

        if (prune && file.Webhooks is not null)
        {
            steps.AddRange(Left(known, wanted).Select(gone => new PlanStep(PlanStep.Remove, Kind, gone.Name, [])));
        }
    }

    /// <summary>Makes them what the file says, in the caller's transaction.</summary>
    public async Task<List<Problem>> ApplyAsync(BootstrapFile file, ApplyOptions how, Action advance, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        var known = await KnownAsync(cancellation);
        var wanted = Matched(file, known);
        // First what goes: it makes room for what comes.
        foreach (var gone in how.Prune && file.Webhooks is not null ? Left(known, wanted) : [])
        {
            if (await registry.RemoveAsync(gone.View.Id, how.Editor.Actor, cancellation: cancellation) is { } problem && problem.Code != WebhookRegistry.NotFound)
            {
                problems.Add(problem);
            }
        }

        foreach (var (index, hook, _, before) in wanted)
        {
            problems.AddRange(BootstrapFile.At(Path(index), await ApplyAsync(hook, before, how, cancellation)));
            advance();
        }

        return problems;
    }

    /// <summary>Everything that is wrong with them here and now. Changes nothing.</summary>
    public async Task<List<Problem>> CheckAsync(BootstrapFile file, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        foreach (var (index, hook, _, before) in Matched(file, file.Webhooks is { Count: > 0 } ? await KnownAsync(cancellation) : []))
        {
            problems.AddRange(BootstrapFile.At(Path(index), registry.Check(Request(hook))));
            // A secret made here would be shown to nobody.
            if (hook.Secret is null && before is null)
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

    private async Task<List<Known>> KnownAsync(CancellationToken cancellation) =>
    [
        .. (await registry.ListAsync(cancellation)).GroupBy(view => view.Url, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .SelectMany(group => Ordered(group, Of).Select((view, place) => new Known(Name(group.Key, place), view))),
    ];

    private static List<Wanted> Matched(BootstrapFile file, List<Known> known)
    {
        var hooks = (file.Webhooks ?? []).Select((hook, index) => (Index: index, Hook: hook with { Events = [.. hook.Events.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] }));
        return [.. hooks.GroupBy(item => item.Hook.Url, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .SelectMany(group => Matched([.. Ordered(group, item => item.Hook)], [.. known.Where(one => one.View.Url == group.Key)]))];
    }

    // At one address.
    private static List<Wanted> Matched(List<(int Index, DeclaredWebhook Hook)> hooks, List<Known> known)
    {
        List<Wanted> matched = [];
        var (place, free) = (known.Count, known.ToList());
        foreach (var alike in Likenesses)
        {
            foreach (var item in hooks.ToList())
            {
                if (free.Find(one => alike(Of(one.View), item.Hook)) is { } same)
                {
                    free.Remove(same);
                    hooks.Remove(item);
                    matched.Add(new Wanted(item.Index, item.Hook, same.Name, same.View));
                }
            }
        }

        return [.. matched, .. hooks.Select(item => new Wanted(item.Index, item.Hook, Name(item.Hook.Url, place++), null))];
    }

    private static IEnumerable<Known> Left(List<Known> known, List<Wanted> wanted) => known.Where(one => !wanted.Exists(item => item.View?.Id == one.View.Id));

    // The same order on every server, whichever was registered first.
    private static IOrderedEnumerable<T> Ordered<T>(IEnumerable<T> all, Func<T, DeclaredWebhook> hook) => all
        .OrderBy(item => string.Join(' ', hook(item).Events), StringComparer.Ordinal).ThenBy(item => hook(item).Description, StringComparer.Ordinal).ThenBy(item => hook(item).Disabled is true);

    private static string Name(string url, int place) => place == 0 ? url : $"{url} #{place + 1}";

    private static (string Events, string Description) Content(DeclaredWebhook hook) => (string.Join(' ', hook.Events), hook.Description?.Trim() ?? "");

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
