using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>Lays a JSON merge patch (RFC 7396) over a client. Pure. The result is read as strictly as a whole definition.</summary>
internal static class ClientPatch
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static Result<ClientDefinition> Apply(ClientDefinition client, string patch)
    {
        JsonNode? parsed;
        try
        {
            parsed = JsonNode.Parse(patch, documentOptions: Strict);
        }
        catch (JsonException fault)
        {
            return new Problem(StrictJson.Code, $"the patch is not JSON: {fault.Message}");
        }

        return parsed is JsonObject changes ? Apply(client, changes) : new Problem(StrictJson.Code, "a patch is an object");
    }

    public static Result<ClientDefinition> Apply(ClientDefinition client, JsonObject patch)
    {
        var target = JsonSerializer.SerializeToNode(client, ClientJson.Options)!.AsObject();
        if (!patch.ContainsKey("response_types"))
        {
            // They follow the grants unless they are given too.
            target.Remove("response_types");
        }

        Merge(target, patch);
        List<Problem> problems = [];
        using var document = JsonDocument.Parse(target.ToJsonString());
        var patched = StrictJson.Read<ClientDefinition>(document.RootElement, "", ClientJson.Options, problems);
        return problems.Count > 0 ? problems : patched!;
    }

    // RFC 7396 §2.
    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject nested:
                    var inner = target[name] as JsonObject ?? [];
                    target.Remove(name);
                    Merge(inner, nested);
                    target[name] = inner;
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }
}
