using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary>
/// Writes the JSON schema of appsettings.json from the options classes: what is said once, on the property, is what the
/// binder, the check and the editor know. Pure.
/// </summary>
internal static class ConfigSchema
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";
    private const string DurationPattern = @"^([0-9]+\.)?[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,7})?)?$";

    private static readonly JsonSerializerOptions Options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter() },
        RespectNullableAnnotations = true,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    public static string Create(IEnumerable<SettingsSection> sections)
    {
        var properties = new JsonObject
        {
            ["$schema"] = Text("Where this schema lies."),
            [IssuerUri.Key] = Text("The absolute https URL under which clients reach this server, with an optional path. http only for a loopback host in Development, where it may be left out."),
            ["ConnectionStrings"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["Database"] = Text("Connection string of the database. Default with Sqlite: Data Source=data/oidc.db"),
                    ["Redis"] = Text("Connection string of Redis; absent: this process alone."),
                },
                ["additionalProperties"] = false,
            },
        };
        foreach (var section in sections.OrderBy(section => section.Name, StringComparer.Ordinal))
        {
            Place(properties, section.Name.Split(':'), Exported(section.OptionsType));
        }

        // What belongs to the framework keeps its usual place and is described by the framework's own schema.
        foreach (var name in new[] { "AllowedHosts", "Kestrel", "Logging", "Urls" })
        {
            properties[name] = new JsonObject { ["description"] = "See the documentation of ASP.NET Core." };
        }

        var schema = new JsonObject { ["$schema"] = Dialect, ["title"] = "Settings of OidcProvider", ["type"] = "object", ["properties"] = properties };
        return schema.ToJsonString(Options) + "\n";
    }

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static void Place(JsonObject properties, string[] path, JsonNode section)
    {
        foreach (var name in path[..^1])
        {
            properties[name] ??= new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(), ["additionalProperties"] = false };
            properties[name]!["properties"] ??= new JsonObject();
            properties = properties[name]!["properties"]!.AsObject();
        }

        properties[path[^1]] = section;
    }

    private static JsonNode Exported(Type type) => Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    });

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }

        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(TimeSpan))
        {
            schema["type"] = "string";
            schema["pattern"] = DurationPattern;
        }
        else if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema["additionalProperties"] = false;
        }

        // Absent is how configuration says null.
        if (schema["type"] is JsonArray { Count: 2 } types && types.Any(item => item!.ToString() == "null"))
        {
            schema["type"] = types.First(item => item!.ToString() != "null")!.DeepClone();
        }

        if (schema["enum"] is JsonArray names)
        {
            schema["type"] = "string";
            schema["enum"] = new JsonArray([.. names.Where(name => name is not null).Select(name => name!.DeepClone())]);
        }

        if (context.PropertyInfo is { } property)
        {
            Describe(schema, property);
        }

        return schema;
    }

    private static void Describe(JsonObject schema, JsonPropertyInfo property)
    {
        var attributes = property.AttributeProvider;
        if (Attribute<DescriptionAttribute>(attributes) is { } description)
        {
            schema.Insert(0, "description", description.Description);
        }

        if (Attribute<RangeAttribute>(attributes) is { } range)
        {
            if (range.OperandType == typeof(int) || range.OperandType == typeof(double))
            {
                schema["minimum"] = JsonSerializer.SerializeToNode(range.Minimum);
                schema["maximum"] = JsonSerializer.SerializeToNode(range.Maximum);
            }
            else
            {
                // A schema cannot compare durations, but people can.
                schema["description"] = $"{schema["description"]} From {range.Minimum} to {range.Maximum}.".Trim();
            }
        }

        if (property.DeclaringType.GetConstructor(Type.EmptyTypes) is { } constructor && property.Get?.Invoke(constructor.Invoke([])) is { } value
            && Nullable.GetUnderlyingType(property.PropertyType) is null && schema["properties"] is null)
        {
            schema["default"] = JsonSerializer.SerializeToNode(value, property.PropertyType, Options);
        }
    }

    private static T? Attribute<T>(ICustomAttributeProvider? provider) where T : Attribute =>
        provider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();
}
