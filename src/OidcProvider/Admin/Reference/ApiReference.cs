using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;
using Scalar.AspNetCore;

namespace OidcProvider.Admin.Reference;

/// <summary>
/// The admin API described: <c>/openapi/v1.json</c> for programs (it holds no secret, everybody may read it) and <c>/admin/api</c> for people who administer.
/// What the document says comes from the routes themselves; see <see cref="DocumentShape"/> and <see cref="OperationShape"/>.
/// </summary>
internal static class ApiReference
{
    public const string DocumentName = "v1", DocumentPath = "/openapi/v1.json", PagePath = "/admin/api";

    // Its own colours for words are too faint on its own grounds (WCAG 2.2, 1.4.3).
    private const string Readable =
        """
        .light-mode { --scalar-color-3: #54615e; --scalar-color-green: #0d6b45; --scalar-color-orange: #8a4b00; --scalar-color-yellow: #7a4f00; --scalar-color-red: #ab2018; --scalar-color-blue: #1558c0; --scalar-color-purple: #6b3fa0; }
        .dark-mode { --scalar-color-3: #a2b0ac; --scalar-color-red: #ffa299; }
        """;

    public static IServiceCollection AddApiReference(this IServiceCollection services)
    {
        // The schemas follow these; the API itself writes and reads with ApiJson.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });
        services.AddOpenApi(DocumentName, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = description => $"/{description.RelativePath}".StartsWith($"{ApiRoutes.Root}/", StringComparison.Ordinal);
            options.AddDocumentTransformer<DocumentShape>();
            options.AddOperationTransformer<OperationShape>();
            options.AddSchemaTransformer<SchemaShape>();
        });
        return services.AddSingleton<ApiDocument>();
    }

    public static void MapApiReference(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(DocumentPath, (HttpContext context, ApiDocument document) => document.AnswerAsync(context)).AllowAnonymous().ExcludeFromDescription();
        routes.MapScalarApiReference(PagePath, (options, context) =>
        {
            // Its elements carry style attributes, which no nonce reaches. Scripts stay as strict as everywhere.
            context.AllowInlineStyles();
            options.WithTitle("Admin API").WithOpenApiRoutePattern($"{context.Request.PathBase}{DocumentPath}");
            options.Nonce = context.CspNonce();
            options.CustomCss = Readable;
            options.AddHeadContent($"<script nonce=\"{options.Nonce}\">document.documentElement.lang = \"en\"</script>");
            // Nothing is fetched from, or told to, anybody else.
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.ProxyUrl = null;
            options.HideDeveloperTools().DisableAgent().DisableMcp();
            options.HideClientButton = true;
        }).RequireAuthorization(Permissions.OfPage + PermissionRequirement.Any);
    }
}
