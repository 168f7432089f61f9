using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>A JSON merge patch (RFC 7396) on a profile. Pure.</summary>
internal static class UserPatch
{
    public static Result<UserDefinition> Merge(UserDefinition present, Body<UserDefinition> patch)
    {
        // The patch itself is judged first, so that faults are named by what was sent; a null there means "remove".
        JsonObject changes;
        try
        {
            if (JsonNode.Parse(patch.Text) is not JsonObject given)
            {
                return patch.Content.Problems.ToList();
            }

            changes = given;
        }
        catch (JsonException)
        {
            return patch.Content.Problems.ToList();
        }

        var merged = JsonSerializer.SerializeToNode(present, UserJson.Options)!.AsObject();
        // A new address is nobody's until it is verified anew, unless the caller says that it is.
        if (changes["email"] is JsonValue email && email.ToString() != present.Email && !changes.ContainsKey("email_verified"))
        {
            merged["email_verified"] = false;
        }

        Apply(merged, changes);
        List<Problem> problems = [];
        using var document = JsonDocument.Parse(merged.ToJsonString());
        var value = StrictJson.Read<UserDefinition>(document.RootElement, "", ApiJson.Options, problems);
        return value is null ? problems : value;
    }

    private static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject nested)
            {
                if (target[name] is not JsonObject inner)
                {
                    target[name] = inner = [];
                }

                Apply(inner, nested);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }
}
