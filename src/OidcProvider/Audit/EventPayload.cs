using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Data;

namespace OidcProvider.Audit;

/// <summary>
/// An event as others are told of it. Version 1; a field may be added, none changes its meaning. What the audit trail does not hold is not in
/// it, so no secret is; neither is the address of whoever did it.
/// </summary>
internal static class EventPayload
{
    public const int Version = 1;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="delivery">The message: the same however often it is sent.</param>
    /// <param name="type">The event.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="data">What it is about.</param>
    public static string Write(Guid delivery, string type, DateTime at, JsonObject data) => new JsonObject
    {
        ["id"] = delivery.ToString(), ["version"] = Version, ["type"] = type, ["time"] = at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture), ["data"] = data,
    }.ToJsonString(Plain);

    public static JsonObject DataOf(AuditRecord record)
    {
        var data = new JsonObject { ["audit_id"] = record.Id.ToString() };
        foreach (var (name, value) in new[] { ("actor", record.Actor), ("subject", record.Subject), ("client_id", record.ClientId), ("api_key", record.ApiKey), ("reason", record.Reason), ("request_id", record.RequestId) })
        {
            if (value is not null)
            {
                data[name] = value;
            }
        }

        if (record.Change is { } change)
        {
            data["change"] = JsonNode.Parse(change);
        }

        return data;
    }
}
