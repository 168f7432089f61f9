using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OidcProvider.Audit;

/// <summary>What differs between two states of a thing, field by field, for the audit trail. Pure. The caller leaves secrets out of both.</summary>
internal static class AuditChange
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"field": {"before": …, "after": …}}</c>, or null when nothing differs. A thing that was made has no before, one that was removed no after.</summary>
    public static string? Of(JsonObject? before, JsonObject? after)
    {
        var change = new JsonObject();
        foreach (var name in (before?.Select(pair => pair.Key) ?? []).Union(after?.Select(pair => pair.Key) ?? [], StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (old, now) = (before?[name], after?[name]);
            if (!JsonNode.DeepEquals(old, now))
            {
                change[name] = new JsonObject { ["before"] = old?.DeepClone(), ["after"] = now?.DeepClone() };
            }
        }

        return change.Count == 0 ? null : change.ToJsonString(Plain);
    }
}
