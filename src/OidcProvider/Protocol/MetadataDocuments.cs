using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol;

/// <summary>A metadata document as it goes over the wire.</summary>
internal sealed record MetadataDocument(byte[] Json, string ETag);

/// <summary>
/// Answers the two metadata documents and the JWKS (RFC 8414 §3, OpenID Connect Discovery 1.0 §4, RFC 7517 §5) from rendered bytes,
/// with an ETag and a short max-age. A document is rendered once for each set of engine options, so other keys make another one.
/// </summary>
internal sealed class MetadataDocuments(RequestDelegate next, IOptionsMonitor<OpenIddictServerOptions> options)
{
    private const string CacheControl = "public, max-age=300";

    private static readonly string[] Paths = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/jwks.json"];
    private static readonly ConditionalWeakTable<OpenIddictServerOptions, ConcurrentDictionary<string, MetadataDocument>> Rendered = [];

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (!Array.Exists(Paths, known => known == path) || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            return next(context);
        }

        return Rendered.GetOrCreateValue(options.CurrentValue).TryGetValue(path!, out var document) ? WriteAsync(context, document) : next(context);
    }

    public static Task KeepAndWriteAsync(HttpContext context, OpenIddictServerOptions options, byte[] json)
    {
        var document = new MetadataDocument(json, $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16))}\"");
        Rendered.GetOrCreateValue(options)[context.Request.Path.Value!] = document;
        return WriteAsync(context, document);
    }

    private static async Task WriteAsync(HttpContext context, MetadataDocument document)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = CacheControl;
        headers.ETag = document.ETag;
        if (context.Request.Headers.IfNoneMatch.Any(tags => tags is not null && EntityTagHeaderValue.TryParseList([tags], out var parsed) && parsed.Any(tag => tag.Tag == document.ETag)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "application/json;charset=UTF-8";
        context.Response.ContentLength = document.Json.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(document.Json, CancellationToken.None);
        }
    }
}

/// <summary>Renders a document the first time it is asked for.</summary>
internal sealed class RenderMetadata : IOpenIddictServerHandler<ApplyConfigurationResponseContext>, IOpenIddictServerHandler<ApplyJsonWebKeySetResponseContext>
{
    public ValueTask HandleAsync(ApplyConfigurationResponseContext context) => RenderAsync(context, context.Error);

    public ValueTask HandleAsync(ApplyJsonWebKeySetResponseContext context) => RenderAsync(context, context.Error);

    private static async ValueTask RenderAsync(BaseRequestContext context, string? error)
    {
        if (!string.IsNullOrEmpty(error) || context.Transaction.GetHttpRequest()?.HttpContext is not { } http)
        {
            return;
        }

        await MetadataDocuments.KeepAndWriteAsync(http, context.Transaction.Options, JsonSerializer.SerializeToUtf8Bytes(context.Transaction.Response));
        context.HandleRequest();
    }
}
