using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace OidcProvider.Declarations;

/// <summary>JSON in YAML's clothes (YAML 1.2 §10.2, the JSON schema): what is quoted is a string, plain words are what JSON would make of them.</summary>
internal static class Yaml
{
    private const int Deepest = 64;

    public static string Write(JsonNode node)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        new YamlStream(new YamlDocument(Of(node))).Save(text, assignAnchors: false);
        var written = text.ToString();
        // The library ends a document with its mark.
        return written.EndsWith("...\n", StringComparison.Ordinal) ? written[..^4] : written;
    }

    /// <exception cref="YamlException">The text is not YAML; it says where.</exception>
    public static JsonNode? Read(string text)
    {
        Refuse(text);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count == 0 ? null : Of(stream.Documents[0].RootNode);
    }

    // JSON has neither: anchors make a few lines into gigabytes, and nesting without end into a crash.
    private static void Refuse(string text)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > Deepest || parser.Current is AnchorAlias || parser.Current is NodeEvent { Anchor.IsEmpty: false })
            {
                throw new YamlException(parser.Current.Start, parser.Current.End, "anchors and deep nesting are not supported");
            }
        }
    }

    private static YamlNode Of(JsonNode? node) => node switch
    {
        JsonObject members => new YamlMappingNode(members.Select(member => KeyValuePair.Create((YamlNode)new YamlScalarNode(member.Key), Of(member.Value)))),
        JsonArray items => new YamlSequenceNode(items.Select(Of)),
        null => new YamlScalarNode("null"),
        JsonValue value when value.TryGetValue<string>(out var text) => new YamlScalarNode(text) { Style = ScalarStyle.DoubleQuoted },
        _ => new YamlScalarNode(node.ToJsonString()),
    };

    private static JsonNode? Of(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Of(child.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Of)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" or "null" or "" or "~" } scalar => scalar.Value is "true" ? true : scalar.Value is "false" ? (JsonNode)false : null,
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };
}
