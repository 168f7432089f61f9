using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Clients;
using OidcProvider.Users;
using OidcProvider.Webhooks;

namespace OidcProvider.Declarations;

/// <summary>The same thing as a file, for <c>apply</c>: in both formats, secrets as references.</summary>
internal sealed record Equivalent(string Name, string Json, string Yaml)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The client as `export` would write it and `apply` would make it.</summary>
    public static Equivalent Of(RegisteredClient client) => Of(client.ClientId, new JsonObject { ["clients"] = new JsonArray(Declaration.Entry(client)) });

    /// <summary>The scope as `export` would write it and `apply` would make it.</summary>
    public static Equivalent Of(ScopeDefinition scope) => Of(scope.Name, new JsonObject { ["scopes"] = new JsonArray(Declaration.Entry(scope)) });

    /// <summary>The user as `export` would write one and `apply` would make one.</summary>
    public static Equivalent Of(UserDefinition user, bool disabled) => Of(user.Email, new JsonObject { ["users"] = new JsonArray(Declaration.Entry(user, disabled)) });

    /// <summary>The webhook as `export` would write it and `apply` would make it.</summary>
    public static Equivalent Of(WebhookView webhook) => Of(webhook.Url, new JsonObject { ["webhooks"] = new JsonArray(WebhookDeclaration.Entry(webhook)) });

    /// <summary>A role, which a file has at those who hold it. What it leaves out of a user stays.</summary>
    public static Equivalent Of(string role, IEnumerable<(string Email, IReadOnlyList<string> Roles, bool Disabled)> holders) => Of(role, new JsonObject
    {
        ["users"] = new JsonArray([.. holders.OrderBy(holder => holder.Email, StringComparer.Ordinal).Select(holder => (JsonNode)Declaration.Entry(new UserDefinition { Email = holder.Email, Roles = holder.Roles }, holder.Disabled))]),
    });

    /// <summary>Any part of a file.</summary>
    public static Equivalent Of(string name, JsonObject file) => new(name, Write(file), Declarations.Yaml.Write(file));

    public static string Write(JsonNode file) => file.ToJsonString(Readable) + "\n";
}
