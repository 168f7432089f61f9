using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Clients;

namespace OidcProvider.Declarations;

/// <summary>The same thing as a file, for <c>apply</c>: in both formats, secrets as references.</summary>
internal sealed record Equivalent(string Name, string Json, string Yaml)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The client as `export` would write it and `apply` would make it.</summary>
    public static Equivalent Of(RegisteredClient client) => Of(client.ClientId, new JsonObject { ["clients"] = new JsonArray(Declaration.Entry(client)) });

    /// <summary>The scope as `export` would write it and `apply` would make it.</summary>
    public static Equivalent Of(ScopeDefinition scope) => Of(scope.Name, new JsonObject { ["scopes"] = new JsonArray(Declaration.Entry(scope)) });

    /// <summary>Any part of a file.</summary>
    public static Equivalent Of(string name, JsonObject file) => new(name, Write(file), Declarations.Yaml.Write(file));

    public static string Write(JsonNode file) => file.ToJsonString(Readable) + "\n";
}
