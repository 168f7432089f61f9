using System.Text.Json.Nodes;

namespace OidcProvider.Declarations;

/// <summary>How a thing on the server differs from the same thing in a file, field by field. Pure.</summary>
internal static class Difference
{
    // What names a thing is in the name of the step.
    private static readonly string[] Names = ["name", "client_id", "email", "url"];

    /// <param name="steps">What the difference is added to, if there is one.</param>
    /// <param name="kind">What kind of thing it is.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="before">As it is on the server; null when it is not there.</param>
    /// <param name="after">As the file has it.</param>
    /// <param name="fields">The fields that are compared; without them all.</param>
    public static void Add(List<PlanStep> steps, string kind, string name, JsonObject? before, JsonObject after, IEnumerable<string>? fields = null)
    {
        if (before is null)
        {
            steps.Add(new PlanStep(PlanStep.Create, kind, name, [.. after.Where(member => !Names.Contains(member.Key)).Select(member => new FieldChange(member.Key, null, member.Value?.ToJsonString()))]));
            return;
        }

        var changes = (fields ?? before.Select(member => member.Key).Union(after.Select(member => member.Key)))
            .Where(field => !Same(before[field], after[field])).Select(field => new FieldChange(field, before[field]?.ToJsonString(), after[field]?.ToJsonString())).ToList();
        if (changes.Count > 0)
        {
            steps.Add(new PlanStep(PlanStep.Change, kind, name, changes));
        }
    }

    /// <summary>That a secret is another one, and nothing more of it.</summary>
    public static PlanStep OfSecret(string kind, string name, string field) => new(PlanStep.Change, kind, name, [new(field, "(hidden)", "(hidden, another)")]);

    // The order of roles means nothing.
    private static bool Same(JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(one, other)
        || (one is JsonArray first && other is JsonArray second && first.Count == second.Count && first.Select(item => item?.ToJsonString()).Order(StringComparer.Ordinal).SequenceEqual(second.Select(item => item?.ToJsonString()).Order(StringComparer.Ordinal)));
}
