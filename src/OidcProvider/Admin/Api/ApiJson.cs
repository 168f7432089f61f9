using System.Text.Json;
using OidcProvider.Clients;

namespace OidcProvider.Admin.Api;

/// <summary>JSON of the admin API: names in <c>snake_case</c>, absent rather than null, unknown names refused.</summary>
internal static class ApiJson
{
    public static readonly JsonSerializerOptions Options = new(ClientJson.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static IResult Ok<T>(T value, int status = StatusCodes.Status200OK) => Results.Json(value, Options, statusCode: status);
}
