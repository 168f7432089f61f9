using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OidcProvider.Hosting;

/// <summary>
/// Reads JSON that people write by hand: unknown members, doubled members and wrong types are all reported,
/// each with its path, instead of the first one only.
/// </summary>
internal static class StrictJson
{
    public const string Code = "invalid_json";

    public static readonly JsonDocumentOptions Document = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The value at <paramref name="path"/>, or default when a fault was added to <paramref name="problems"/>.</summary>
    public static T? Read<T>(JsonElement element, string path, JsonSerializerOptions options, List<Problem> problems) where T : class
    {
        var before = problems.Count;
        Check(element, options.GetTypeInfo(typeof(T)), path, problems);
        return problems.Count == before ? element.Deserialize<T>(options) : null;
    }

    private static void Check(JsonElement element, JsonTypeInfo type, string path, List<Problem> problems)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when element.ValueKind == JsonValueKind.Object:
                CheckMembers(element, type, path, problems);
                break;
            case JsonTypeInfoKind.Enumerable when element.ValueKind == JsonValueKind.Array:
                var item = type.Options.GetTypeInfo(type.ElementType!);
                var index = 0;
                foreach (var child in element.EnumerateArray())
                {
                    CheckValue(child, item, nullable: false, $"{path}[{index++}]", problems);
                }

                break;
            default:
                CheckLeaf(element, type, path, problems);
                break;
        }
    }

    private static void CheckMembers(JsonElement element, JsonTypeInfo type, string path, List<Problem> problems)
    {
        var known = type.Properties.Where(property => property.Set is not null && !property.IsExtensionData).ToDictionary(property => property.Name, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var at = Join(path, member.Name);
            if (!seen.Add(member.Name))
            {
                problems.Add(new(Code, "is given twice", at));
            }
            else if (!known.TryGetValue(Untagged(member.Name, type), out var property))
            {
                problems.Add(new(Code, $"unknown name{Suggestion(member.Name, known.Keys)}", at));
            }
            else
            {
                CheckValue(member.Value, type.Options.GetTypeInfo(property.PropertyType), property.IsSetNullable, at, problems);
            }
        }
    }

    // A type that keeps further members takes those of its texts in other languages: client_name#de (RFC 7591 §2.2).
    private static string Untagged(string name, JsonTypeInfo type) =>
        name.IndexOf('#', StringComparison.Ordinal) is > 0 and var end && type.Properties.Any(property => property.IsExtensionData)
            && type.Properties.Any(property => property.Name == name[..end] && property.PropertyType == typeof(string)) ? name[..end] : name;

    private static void CheckValue(JsonElement element, JsonTypeInfo type, bool nullable, string path, List<Problem> problems)
    {
        if (element.ValueKind != JsonValueKind.Null)
        {
            Check(element, type, path, problems);
        }
        else if (!nullable)
        {
            problems.Add(new(Code, "must not be null", path));
        }
    }

    private static void CheckLeaf(JsonElement element, JsonTypeInfo type, string path, List<Problem> problems)
    {
        try
        {
            _ = element.Deserialize(type);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            problems.Add(new(Code, $"must be {Words(type)}", path));
        }
    }

    private static string Words(JsonTypeInfo info)
    {
        var type = Nullable.GetUnderlyingType(info.Type) ?? info.Type;
        return type == typeof(string) ? "a string"
            : type == typeof(bool) ? "true or false"
            : type == typeof(TimeSpan) ? "a duration as \"d.hh:mm:ss\""
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : info.Kind == JsonTypeInfoKind.Enumerable ? "a list"
            : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
            : "an object";
    }

    private static string Suggestion(string name, IEnumerable<string> known)
    {
        var plain = Plain(name);
        var near = known.FirstOrDefault(candidate => Plain(candidate) == plain || Plain(candidate) == plain + "S" || Plain(candidate) + "S" == plain);
        return near is null ? "" : $"; did you mean {near}?";
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
