using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Api;

/// <summary>
/// The JSON body of a request, read strictly: unknown and doubled names and wrong types are all reported, each with its path.
/// Take it as a parameter of a route and begin with <see cref="Content"/>.
/// </summary>
internal sealed record Body<T>(Result<T> Content, string Text) : IEndpointParameterMetadataProvider, IRequestBody where T : class
{
    private const int Largest = 1 << 20;

    public static async ValueTask<Body<T>?> BindAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            return Refused("the body must be application/json");
        }

        using var reader = new StreamReader(context.Request.Body);
        var buffer = new char[Largest + 1];
        var length = await reader.ReadBlockAsync(buffer, context.RequestAborted);
        if (length > Largest)
        {
            return Refused("the body is too large");
        }

        var text = new string(buffer, 0, length);
        try
        {
            using var document = JsonDocument.Parse(text);
            List<Problem> problems = [];
            var value = StrictJson.Read<T>(document.RootElement, "", ApiJson.Options, problems);
            return new(value is null ? problems.Count > 0 ? problems : [new Problem(StrictJson.Code, "the body must not be null")] : value, text);
        }
        catch (JsonException fault)
        {
            return Refused($"the body is not JSON: {fault.Message}");
        }
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));

    private static Body<T> Refused(string why) => new(new Problem(StrictJson.Code, why), "");
}
