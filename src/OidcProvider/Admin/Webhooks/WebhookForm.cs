using OidcProvider.Audit;
using OidcProvider.Hosting;
using OidcProvider.Webhooks;

namespace OidcProvider.Admin.Webhooks;

/// <summary>The fields of a webhook in a form: whole kinds of events by tick, single events by name.</summary>
internal sealed record WebhookForm(string? Url, string? Description, IReadOnlyList<string> Kinds, string? More)
{
    public static readonly string[] Fields = ["url", "description", "events"];

    public WebhookRequest Request => new(Url?.Trim(), Description, [.. Kinds.Concat((More ?? "").Split([' ', ',', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal)]);

    public static WebhookForm Of(WebhookView view)
    {
        var kinds = view.Events.Where(IsKind).ToList();
        return new(view.Url, view.Description, kinds, string.Join(' ', view.Events.Except(kinds)));
    }

    public static string Sentence(Problem problem) => problem.Field switch
    {
        "url" => $"The address {problem.Message}.",
        "description" => $"The description {problem.Message}.",
        "events" when problem.Message.StartsWith('\'') => $"The event {problem.Message}.",
        "events" => "Choose at least one kind of event.",
        _ => problem.Message,
    };

    private static bool IsKind(string pattern) => pattern.EndsWith(".*", StringComparison.Ordinal) && EventKinds.Kinds.ContainsKey(pattern[..^2]);
}
