using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Reference;

/// <summary>What one operation asks for and may answer, read from its route: scope from its policy, headers from its marks, failures from its shape.</summary>
internal sealed class OperationShape : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var description = context.Description;
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        operation.OperationId ??= Id(description.HttpMethod!, description.RelativePath!);
        operation.Responses ??= [];

        // One policy a route; a route without one is for nobody and says so by asking for a scope that does not exist.
        var scope = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).FirstOrDefault(policy => policy is not null && Permissions.All.ContainsKey(policy)) ?? "none";
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentShape.Scheme, document)] = [scope] }];

        List<int> failures = [401, 403, 429];
        if (description.RelativePath!.Contains('{', StringComparison.Ordinal))
        {
            failures.Add(404);
        }

        if (metadata.OfType<IAcceptsMetadata>().Any())
        {
            failures.Add(422);
            if (operation.RequestBody is OpenApiRequestBody body)
            {
                body.Required = true;
            }
        }

        Headers(operation, metadata, failures);
        foreach (var status in failures)
        {
            operation.Responses[$"{status}"] = new OpenApiResponseReference(DocumentShape.Response(status), document);
        }

        return Task.CompletedTask;
    }

    private static void Headers(OpenApiOperation operation, IList<object> metadata, List<int> failures)
    {
        operation.Parameters ??= [];
        if (metadata.OfType<VersionAsked>().Any())
        {
            failures.AddRange([412, 428]);
            operation.Parameters.Add(Header("If-Match", "The ETag of what was read (RFC 9110 §13.1.1).", required: true));
        }

        if (metadata.OfType<IdempotencyKeyTaken>().Any())
        {
            operation.Parameters.Add(Header("Idempotency-Key", "A value of one's own choice: the same request with the same key is done once and answered alike.", required: false));
        }

        if (metadata.OfType<VersionShown>().Any())
        {
            foreach (var success in operation.Responses!.Where(response => response.Key.StartsWith('2')).Select(response => response.Value).OfType<OpenApiResponse>())
            {
                success.Headers = new Dictionary<string, IOpenApiHeader> { ["ETag"] = new OpenApiHeader { Description = "The version, for If-Match.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } } };
            }
        }
    }

    private static OpenApiParameter Header(string name, string description, bool required) =>
        new() { Name = name, In = ParameterLocation.Header, Required = required, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    // get_clients, post_clients_by_client_id_secrets: says itself what it is, and stays when a file is moved.
    private static string Id(string method, string path) => string.Join('_', path[(ApiRoutes.Root.Length - 1)..].Split('/', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.StartsWith('{') ? $"by_{part.Trim('{', '}').Split(':')[0]}" : part.Replace('-', '_')).Prepend(method.ToLowerInvariant()));
}
