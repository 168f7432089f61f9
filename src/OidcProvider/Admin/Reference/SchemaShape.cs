using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OidcProvider.Admin.Reference;

/// <summary>Types as our JSON writes them where the generator would guess.</summary>
internal sealed partial class SchemaShape : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(TimeSpan))
        {
            schema.Pattern = null;
            schema.Format = null;
            schema.Description ??= "Duration, d.hh:mm:ss.";
        }

        // Absent rather than null: a member is left out when it is not set.
        if (schema.Type is { } kind && kind.HasFlag(JsonSchemaType.Null) && kind != JsonSchemaType.Null)
        {
            schema.Type = kind & ~JsonSchemaType.Null;
        }

        // The words beside the code, without its markup.
        if (schema.Description is { } words)
        {
            schema.Description = Markup().Replace(words, "");
        }

        return Task.CompletedTask;
    }

    [GeneratedRegex("</?[a-z][^>]*>")]
    private static partial Regex Markup();
}
