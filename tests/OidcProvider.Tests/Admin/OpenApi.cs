using System.Text.Json.Nodes;

namespace OidcProvider.Tests.Admin;

/// <summary>What may be done over HTTP, as OpenAPI writes it.</summary>
internal static class HttpVerb
{
    public const string Get = "get";

    public static readonly string[] All = [Get, "put", "post", "delete", "patch", "head", "options"];
}

/// <summary>One operation of the OpenAPI document.</summary>
internal sealed record Operation(string Method, string Path, JsonObject Node)
{
    public string Id => (string)Node["operationId"]!;

    public string Permission => (string)Node["security"]![0]!["oauth2"]![0]!;

    public override string ToString() => $"{Method.ToUpperInvariant()} {Path}";
}

/// <summary>Reads an OpenAPI document as a client generator would.</summary>
internal static class OpenApi
{
    public static IEnumerable<Operation> Operations(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where HttpVerb.All.Contains(operation.Key)
        select new Operation(operation.Key, path.Key, operation.Value!.AsObject());
}
