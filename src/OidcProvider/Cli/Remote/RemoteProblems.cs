using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Hosting;

namespace OidcProvider.Cli.Remote;

/// <summary>What the API says when it says no (RFC 9457), and how long to wait before asking again. Pure but for the jitter.</summary>
internal static class RemoteProblems
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public static List<Problem> Read(HttpStatusCode status, string text)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject problem)
            {
                var listed = problem["errors"] is JsonArray errors ? errors.OfType<JsonObject>().Select(error => new Problem((string?)error["code"] ?? "unknown", (string?)error["message"] ?? "", (string?)error["field"])).ToList() : [];
                return listed.Count > 0 ? listed : [new Problem((string?)problem["code"] ?? (string?)problem["error"] ?? "unknown", (string?)problem["detail"] ?? (string?)problem["title"] ?? "")];
            }
        }
        catch (JsonException)
        {
            // A proxy answered, or something that is no server of ours.
        }

        return [new Problem("unexpected_answer", $"The server answers {(int)status}, and not as an OidcProvider server does.")];
    }

    /// <summary>Retry-After where it is said (RFC 9110 §10.2.3), otherwise longer each time, never all callers at once.</summary>
    public static TimeSpan Pause(HttpResponseMessage answer, int attempt, DateTimeOffset now)
    {
        var said = answer.Headers.RetryAfter?.Delta ?? answer.Headers.RetryAfter?.Date - now ?? TimeSpan.FromMilliseconds(250 * Math.Pow(2, attempt));
        var wait = said < TimeSpan.Zero ? TimeSpan.Zero : said > Longest ? Longest : said;
        return wait + TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(250));
    }
}
