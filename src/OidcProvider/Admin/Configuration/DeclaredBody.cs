using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using OidcProvider.Declarations;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Configuration;

/// <summary>A configuration file as the body of a request, JSON or YAML. References to secrets of this machine are not followed.</summary>
internal sealed record DeclaredBody(Result<BootstrapFile> Content) : IEndpointParameterMetadataProvider
{
    public const string Yaml = "application/yaml";

    /// <summary>Bytes; a server of some ten thousand clients.</summary>
    public const int Largest = 16 << 20;

    public static async ValueTask<DeclaredBody?> BindAsync(HttpContext context)
    {
        var type = context.Request.GetTypedHeaders().ContentType?.MediaType.Value;
        var yaml = type is Yaml or "text/yaml" or "application/x-yaml";
        if (!yaml && !context.Request.HasJsonContentType())
        {
            return new(new Problem(StrictJson.Code, $"the body must be application/json or {Yaml}"));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = Largest;
        }

        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        return new(Read(await reader.ReadToEndAsync(context.RequestAborted), yaml));
    }

    public static Result<BootstrapFile> Read(string text, bool yaml)
    {
        var read = BootstrapFile.Parse(text, yaml);
        return read.Succeeded ? SecretReferences.Drop(read.Value) : read;
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptsMetadata(["application/json", Yaml], typeof(BootstrapFile)));
}
