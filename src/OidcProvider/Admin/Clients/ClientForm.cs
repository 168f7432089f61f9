using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>What a form shows of a client, and the merge patch that it makes of what was typed. The registry judges it like any other.</summary>
internal sealed partial record ClientForm(JsonObject Values, IReadOnlyList<ClientField> Fields)
{
    public static ClientForm Of(ClientDefinition client, IReadOnlyList<ClientField> fields) => new(JsonSerializer.SerializeToNode(client, ClientJson.Options)!.AsObject(), fields);

    /// <summary>The text of a field; of a list one entry a line.</summary>
    public string Text(string name) => Values[name] switch
    {
        JsonArray list => string.Join('\n', list),
        null => "",
        var value => value.ToString(),
    };

    public bool Has(string name, string value) => Values[name] is JsonArray list && list.Any(item => item?.ToString() == value);

    public bool IsSet(string name) => Values[name] is JsonValue value && value.TryGetValue<bool>(out var set) && set;

    /// <summary>What was typed, as a patch: an empty field removes its member.</summary>
    public static JsonObject Patch(IFormCollection form, IEnumerable<ClientField> fields)
    {
        var patch = new JsonObject();
        foreach (var field in fields)
        {
            var text = form[field.Name].ToString().Trim();
            patch[field.Name] = field.Kind switch
            {
                FieldKind.Flag => form[field.Name].Contains("true"),
                FieldKind.Many => new JsonArray([.. form[field.Name].OfType<string>().Where(value => value.Length > 0).Select(value => (JsonNode)value)]),
                FieldKind.Lines => text.Length == 0 ? null : new JsonArray([.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(value => (JsonNode)value)]),
                FieldKind.Number when int.TryParse(text, out var number) => number,
                _ when text.Length == 0 => null,
                _ => Spaces().Replace(text, " "),
            };
        }

        return patch;
    }

    /// <summary>Faults with the field of the form they belong to: <c>redirect_uris[1]</c> is line 2 of <c>redirect_uris</c>.</summary>
    public IEnumerable<Problem> Placed(IEnumerable<Problem> problems) => problems.Select(problem =>
    {
        var name = problem.Field is null ? "" : Index().Replace(problem.Field, "");
        var line = problem.Field is null ? Match.Empty : Index().Match(problem.Field);
        var label = Fields.FirstOrDefault(field => field.Name == name)?.Label;
        var where = label is null ? problem.Field is null ? "" : $"{problem.Field}: " : line.Success ? $"{label}, {int.Parse(line.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) + 1}: " : $"{label}: ";
        return problem with { Field = label is null ? null : name, Message = where + problem.Message };
    });

    [GeneratedRegex(@"\[([0-9]+)\].*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Index();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
