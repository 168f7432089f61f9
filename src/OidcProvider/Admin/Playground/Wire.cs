using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Playground;

/// <summary>One request and its answer, as they are shown: secrets in the request are blotted out.</summary>
internal sealed record Exchange(string Title, string Request, IReadOnlyList<(string Name, string Value)> Parameters, int Status, string Answer, JsonObject? Json)
{
    public string? this[string name] => Json?[name] is JsonValue value ? value.ToString() : null;

    public bool Succeeded => Status is >= 200 and < 300;
}

/// <summary>
/// Talks to this server's own endpoints as any client would, over the network and by its public name. It knows no other address than the issuer's, follows no
/// redirect and takes none from a visitor.
/// </summary>
internal sealed class Wire(IHttpClientFactory clients, IssuerUri issuer)
{
    public const string Name = "playground";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Secrets = ["client_secret", "code_verifier", "refresh_token", "token", "device_code", "code"];

    public async Task<Exchange> PostAsync(string title, string endpoint, Experiment experiment, IReadOnlyList<(string Name, string? Value)> parameters, CancellationToken cancellation)
    {
        List<(string Name, string Value)> form = [.. parameters.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => (pair.Name, pair.Value!)), ("client_id", experiment.ClientId)];
        using var request = new HttpRequestMessage(HttpMethod.Post, issuer.Combine(endpoint));
        var shown = $"POST {request.RequestUri}";
        if (!string.IsNullOrEmpty(experiment.ClientSecret))
        {
            // RFC 6749 §2.3.1: in the header, both parts form-encoded first.
            form.RemoveAll(pair => pair.Name == "client_id");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(experiment.ClientId)}:{Uri.EscapeDataString(experiment.ClientSecret)}")));
            shown += $"\nAuthorization: Basic base64({experiment.ClientId}:•••)";
        }

        request.Content = new FormUrlEncodedContent(form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        return await SendAsync(title, request, shown, [.. form.Select(pair => (pair.Name, Secrets.Contains(pair.Name) ? $"{pair.Value[..Math.Min(6, pair.Value.Length)]}…" : pair.Value))], cancellation);
    }

    public async Task<Exchange> GetAsync(string title, string endpoint, string? accessToken, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, issuer.Combine(endpoint));
        var shown = $"GET {request.RequestUri}";
        if (accessToken is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
            shown += $"\nAuthorization: Bearer {accessToken[..Math.Min(12, accessToken.Length)]}…";
        }

        return await SendAsync(title, request, shown, [], cancellation);
    }

    private async Task<Exchange> SendAsync(string title, HttpRequestMessage request, string shown, IReadOnlyList<(string Name, string Value)> parameters, CancellationToken cancellation)
    {
        try
        {
            using var http = clients.CreateClient(Name);
            using var answer = await http.SendAsync(request, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            var json = Parse(text);
            return new Exchange(title, shown, parameters, (int)answer.StatusCode, json?.ToJsonString(Readable) ?? text, json);
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return new Exchange(title, shown, parameters, StatusCodes.Status502BadGateway, $"This server does not reach itself at {issuer.Value}; `doctor` says why.", null);
        }
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
