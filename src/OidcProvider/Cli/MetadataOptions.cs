using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary>
/// Options made from a definition's JSON members, so that the command line speaks the same words as the bootstrap file:
/// <c>redirect_uris</c> is <c>--redirect-uri</c>, repeated. An empty value removes what is stored.
/// </summary>
internal sealed class MetadataOptions<T> where T : class
{
    private readonly List<(string Member, JsonTypeInfo Type, Option<string[]> Option)> _options = [];

    public MetadataOptions(params string[] except)
    {
        foreach (var property in ClientJson.Options.GetTypeInfo(typeof(T)).Properties.Where(property => property.Set is not null && !property.IsExtensionData && !except.Contains(property.Name)))
        {
            var type = ClientJson.Options.GetTypeInfo(property.PropertyType);
            _options.Add((property.Name, type, new Option<string[]>(OptionName(property.Name, type))
            {
                Description = Words(type),
                HelpName = property.Name,
                Arity = IsFlag(type) ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
                AllowMultipleArgumentsPerToken = false,
            }));
        }
    }

    public void AddTo(Command command)
    {
        foreach (var (_, _, option) in _options)
        {
            command.Add(option);
        }
    }

    /// <summary>The stored members with the given options laid over them.</summary>
    public Result<T> Read(ParseResult parsed, JsonObject stored)
    {
        List<Problem> problems = [];
        foreach (var (member, type, option) in _options)
        {
            if (parsed.GetResult(option) is not { Implicit: false })
            {
                continue;
            }

            var values = parsed.GetValue(option) ?? [];
            if (type.Kind != JsonTypeInfoKind.Enumerable && values.Length > 1)
            {
                problems.Add(new(StrictJson.Code, "is given twice", member));
                continue;
            }

            stored.Remove(member);
            if (Value(type, values) is { } value)
            {
                stored[member] = value;
            }
        }

        using var document = JsonDocument.Parse(stored.ToJsonString());
        var definition = StrictJson.Read<T>(document.RootElement, "", ClientJson.Options, problems);
        return problems.Count > 0 ? problems : definition!;
    }

    private static JsonNode? Value(JsonTypeInfo type, string[] values)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable)
        {
            return new JsonArray([.. values.Where(value => value.Length > 0).Select(value => JsonValue.Create(value))]);
        }

        var text = values.FirstOrDefault() ?? "true";
        if (text.Length == 0 || type.Type == typeof(string) || Underlying(type) == typeof(TimeSpan))
        {
            return text.Length == 0 ? null : JsonValue.Create(text);
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // Kept as text: the strict reader then says which type it wanted.
            return JsonValue.Create(text);
        }
    }

    private static string OptionName(string member, JsonTypeInfo type) =>
        "--" + (type.Kind == JsonTypeInfoKind.Enumerable ? member[..^1] : member).Replace('_', '-');

    private static string Words(JsonTypeInfo type) =>
        type.Kind == JsonTypeInfoKind.Enumerable ? "May be repeated."
        : IsFlag(type) ? "true or false."
        : Underlying(type) == typeof(TimeSpan) ? "Duration, d.hh:mm:ss."
        : type.Type == typeof(string) ? ""
        : Underlying(type) == typeof(int) ? "Whole number."
        : "JSON object.";

    private static bool IsFlag(JsonTypeInfo type) => Underlying(type) == typeof(bool);

    private static Type Underlying(JsonTypeInfo type) => Nullable.GetUnderlyingType(type.Type) ?? type.Type;
}
