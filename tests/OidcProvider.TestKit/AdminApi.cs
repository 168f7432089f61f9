using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace OidcProvider.TestKit;

/// <summary>A caller of the admin API with an access token that a user got in the ordinary way: sign-in, consent, code, token.</summary>
public sealed class AdminApi : IDisposable
{
    private readonly HttpClient _http;

    private AdminApi(Uri issuer, string? token)
    {
        _http = new HttpClient { BaseAddress = new Uri(issuer, "/api/admin/v1/") };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public static AdminApi With(ProviderHost host, string? token)
    {
        ArgumentNullException.ThrowIfNull(host);
        return new(host.Issuer, token);
    }

    /// <summary>Signs <paramref name="user"/> in and takes a token for <paramref name="scopes"/>.</summary>
    public static async Task<AdminApi> SignInAsync(ProviderHost host, string user, string scopes)
    {
        ArgumentNullException.ThrowIfNull(host);
        using var client = new RelyingParty(host, Given.AdminTool);
        var tokens = await client.SignInAsync(null, user, ("scope", scopes));
        return With(host, tokens["access_token"] ?? throw new InvalidOperationException($"No token: {tokens.Json}"));
    }

    public async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> SendAsync(HttpMethod method, string path, JsonNode? body = null, string? ifMatch = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        }

        var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length > 0 && response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? JsonNode.Parse(text) : null, response);
    }

    public Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public void Dispose() => _http.Dispose();
}
