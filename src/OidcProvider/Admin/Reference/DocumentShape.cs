using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Reference;

/// <summary>What holds for the whole API: where it is, how one gets in, and how it says no.</summary>
internal sealed class DocumentShape(IssuerUri issuer) : IOpenApiDocumentTransformer
{
    public const string Scheme = "oauth2", ProblemSchema = "Problem";

    private const string Introduction =
        """
        Everything the administration pages do, for programs. Access tokens come from this server itself: with the authorization code grant and PKCE, or with the
        device grant for tools without a browser. A request is answered when **all three** agree: the access token carries the operation's scope, the user behind it
        holds a role that grants it, and the sign-in was recent and strong enough (RFC 9470 tells how to do better).

        Names are `snake_case`; absent means not set; unknown names are refused. Failures are problem details (RFC 9457) with a stable `code`. Lists are read page by
        page with `cursor`. What is changed is named in `If-Match` by the `ETag` that was read.
        """;

    // What may go wrong with any operation, and with some.
    private static readonly (int Status, string Text)[] Failures =
    [
        (400, "The request cannot be read."), (401, "No access token, one that is not valid, or a sign-in that is too old or too weak (RFC 9470)."),
        (403, "The scope or the role is missing, or the rule of the operation forbids it."), (404, "There is no such thing."), (409, "It exists already."),
        (412, "It was changed meanwhile; read it again."), (422, "The content is refused; every fault is listed with its field."), (428, "If-Match is missing."),
        (429, "Too many requests; Retry-After says when."),
    ];

    public static string Response(int status) => $"problem_{status}";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "OidcProvider admin API", Version = ApiReference.DocumentName, Description = Introduction };
        document.Servers = [new OpenApiServer { Url = issuer.Value.TrimEnd('/') }];
        document.AddComponent(Scheme, Security());
        document.AddComponent(ProblemSchema, Problem());
        foreach (var (status, text) in Failures)
        {
            document.AddComponent(Response(status), new OpenApiResponse
            {
                Description = text,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(ProblemSchema, document) } },
            });
        }

        return Task.CompletedTask;
    }

    // OpenAPI 3.1 has no word for RFC 8628 yet (3.2 has); the extension is what 3.2 calls it.
    private OpenApiSecurityScheme Security()
    {
        var scopes = Permissions.All.ToDictionary(permission => permission.Key, permission => permission.Value);
        return new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.OAuth2,
            Description = "Access tokens of this server. Also by the device grant (RFC 8628) at /connect/device.",
            Flows = new OpenApiOAuthFlows
            {
                AuthorizationCode = new OpenApiOAuthFlow { AuthorizationUrl = issuer.Combine("connect/authorize"), TokenUrl = issuer.Combine("connect/token"), RefreshUrl = issuer.Combine("connect/token"), Scopes = scopes },
                Extensions = new Dictionary<string, IOpenApiExtension>
                {
                    ["x-deviceAuthorization"] = new JsonNodeExtension(new JsonObject
                    {
                        ["deviceAuthorizationUrl"] = issuer.Combine("connect/device").AbsoluteUri, ["tokenUrl"] = issuer.Combine("connect/token").AbsoluteUri,
                        ["scopes"] = new JsonObject(scopes.Select(scope => KeyValuePair.Create(scope.Key, (JsonNode?)scope.Value))),
                    }),
                },
            },
        };
    }

    private static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457 problem details.",
        Required = new HashSet<string> { "title", "status", "code", "detail", "errors", "request_id" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("Always about:blank; code says what happened."), ["title"] = Text("The status in words."), ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["code"] = Text("Stable, for programs: client_not_found, insufficient_scope, …"), ["detail"] = Text("For people."), ["request_id"] = Text("What the log calls this request."),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object, Required = new HashSet<string> { "code", "message" },
                    Properties = new Dictionary<string, IOpenApiSchema> { ["code"] = Text("Stable."), ["message"] = Text("For people."), ["field"] = Text("Path of the field at fault.") },
                },
            },
        },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
