using System.Text.Json;
using System.Text.Json.Nodes;

namespace OidcProvider.Clients;

/// <summary>A client as the audit trail may show it: never a secret, and nothing of a key that could be private. Pure.</summary>
internal static class ClientAudit
{
    // RFC 7518 §6.2.2, §6.3.2, §6.4.1.
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    public static JsonObject Of(ClientDefinition client, bool disabled = false)
    {
        var shown = JsonSerializer.SerializeToNode(client with { ClientSecret = null }, ClientJson.Options)!.AsObject();
        if (shown["jwks"]?["keys"] is JsonArray keys)
        {
            foreach (var key in keys.OfType<JsonObject>())
            {
                foreach (var member in PrivateMembers.Where(key.ContainsKey))
                {
                    key[member] = "(hidden)";
                }
            }
        }

        if (disabled)
        {
            shown["disabled"] = true;
        }

        return shown;
    }
}
