using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace OidcProvider.Admin.Reference;

/// <summary>The OpenAPI document, made once: routes do not change while the server runs.</summary>
internal sealed class ApiDocument([FromKeyedServices(ApiReference.DocumentName)] IOpenApiDocumentProvider provider)
{
    private readonly Lazy<Task<(byte[] Bytes, EntityTagHeaderValue Tag)>> _made = new(() => MakeAsync(provider));

    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        var (bytes, tag) = await _made.Value;
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(bytes, "application/json; charset=utf-8", entityTag: tag);
    }

    private static async Task<(byte[] Bytes, EntityTagHeaderValue Tag)> MakeAsync(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync();
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1);
        var bytes = stream.ToArray();
        return (bytes, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..12])}\""));
    }
}
