using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OidcProvider.Data;

namespace OidcProvider.Audit;

/// <summary>One question the server asked of a request: <c>passed</c>, <c>failed</c>, <c>noted</c> (odd, but not the reason) or <c>not_reached</c>.</summary>
internal sealed record ExplainedCheck(string Name, string Outcome, string? Detail = null)
{
    public const string Passed = "passed", Failed = "failed", Noted = "noted", NotReached = "not_reached";
}

/// <summary>Why a request was refused: what came in (secrets redacted), the checks in order, the one that failed, and what to do.</summary>
internal sealed record Explanation
{
    public required string Method { get; init; }

    /// <summary>How the client proved itself, in the words of <c>token_endpoint_auth_method</c>.</summary>
    public string? ClientAuthentication { get; init; }

    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>What the client was told.</summary>
    public string? ErrorDescription { get; init; }

    public required IReadOnlyList<ExplainedCheck> Checks { get; init; }

    public required string Cause { get; init; }

    public required string Fix { get; init; }
}

/// <summary>A refused request as every surface shows it.</summary>
internal sealed record ExplainedRequest(string Id, DateTime At, string Endpoint, string? ClientId, string Error, Explanation Explanation)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static ExplainedRequest Read(RefusedRequest row) =>
        new(row.Id, DateTime.SpecifyKind(row.At, DateTimeKind.Utc), row.Endpoint, row.ClientId, row.Error, JsonSerializer.Deserialize<Explanation>(row.Detail, Json)!);

    public RefusedRequest ToRow() => new() { Id = Id, At = At, Endpoint = Endpoint, ClientId = ClientId, Error = Error, Detail = JsonSerializer.Serialize(Explanation, Json) };
}
