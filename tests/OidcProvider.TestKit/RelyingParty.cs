using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OidcProvider.TestKit;

/// <summary>An answer of a machine endpoint.</summary>
public sealed record Answer(HttpStatusCode Status, JsonNode? Json, HttpResponseMessage Response)
{
    public string? this[string name] => Json?[name]?.ToString();

    public string? Error => this["error"];

    public JsonWebToken AccessToken => new(this["access_token"]);

    public JsonWebToken IdToken => new(this["id_token"]);
}

/// <summary>A client of the provider: makes requests as the specifications say, and can be told to do so wrongly.</summary>
public sealed class RelyingParty(Uri issuer, string clientId = Given.Web, string? redirectUri = Given.Redirect, string? secret = Given.Secret) : IDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { UseCookies = false }) { BaseAddress = issuer };

    public RelyingParty(ProviderHost host, string clientId = Given.Web, string? redirectUri = Given.Redirect, string? secret = Given.Secret)
        : this((host ?? throw new ArgumentNullException(nameof(host))).Issuer, clientId, redirectUri, secret)
    {
    }

    public string Verifier { get; } = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    public string Challenge => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public string State { get; } = Guid.NewGuid().ToString("N");

    public string Nonce { get; } = Guid.NewGuid().ToString("N");

    public const string AllScopes = "openid profile email address phone roles offline_access api";

    public Dictionary<string, string> AuthorizationParameters(params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string>
        {
            ["client_id"] = clientId, ["redirect_uri"] = redirectUri!, ["response_type"] = "code", ["scope"] = AllScopes,
            ["state"] = State, ["nonce"] = Nonce, ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                parameters.Remove(name);
            }
            else
            {
                parameters[name] = value;
            }
        }

        return parameters;
    }

    public string AuthorizationUrl(params (string Name, string? Value)[] changes) => Url("/connect/authorize", AuthorizationParameters(changes));

    public static string Url(string path, IEnumerable<KeyValuePair<string, string>> parameters) =>
        $"{path}?{string.Join('&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"))}";

    /// <summary>Signs a user in and gives every consent asked for; ends at the redirect to the client.</summary>
    public async Task<Page> AuthorizeAsync(UserAgent agent, string user = Given.Alice, params (string Name, string? Value)[] changes)
    {
        ArgumentNullException.ThrowIfNull(agent);
        var page = await agent.GetAsync(AuthorizationUrl(changes));
        if (page.Body.Contains("current-password", StringComparison.Ordinal))
        {
            page = await agent.SignInAsync(page, user);
        }

        return page.Body.Contains("value=\"allow\"", StringComparison.Ordinal) ? await agent.SubmitAsync(page, "allow") : page;
    }

    /// <summary>The whole flow: sign-in, consent, code, tokens.</summary>
    public async Task<Answer> SignInAsync(UserAgent? agent = null, string user = Given.Alice, params (string Name, string? Value)[] changes)
    {
        using var own = agent is null ? new UserAgent(issuer) : null;
        var page = await AuthorizeAsync(agent ?? own!, user, changes);
        return await RedeemAsync(page.Parameter("code") ?? throw new InvalidOperationException($"No code: {page.Status} {page.Location} {page.Title}"));
    }

    public Task<Answer> RedeemAsync(string code, params (string Name, string? Value)[] changes) =>
        TokenAsync(With([("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri), ("code_verifier", Verifier)], changes));

    public Task<Answer> RefreshAsync(string? refreshToken, params (string Name, string? Value)[] changes) =>
        TokenAsync(With([("grant_type", "refresh_token"), ("refresh_token", refreshToken)], changes));

    public Task<Answer> TokenAsync(params (string Name, string? Value)[] parameters) => PostAsync("/connect/token", parameters);

    public Task<Answer> IntrospectAsync(string? token) => PostAsync("/connect/introspect", [("token", token)]);

    public Task<Answer> RevokeAsync(string? token) => PostAsync("/connect/revoke", [("token", token)]);

    public Task<Answer> PushAsync(params (string Name, string? Value)[] changes) =>
        PostAsync("/connect/par", [.. AuthorizationParameters(changes).Where(pair => pair.Key != "client_id").Select(pair => (pair.Key, (string?)pair.Value))]);

    public Task<Answer> DeviceAsync(string scope = "openid profile offline_access api") => PostAsync("/connect/device", [("scope", scope)]);

    public Task<Answer> PollAsync(string? deviceCode) => TokenAsync(("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", deviceCode));

    public async Task<Answer> UserInfoAsync(string? accessToken, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await SendAsync(request);
    }

    /// <summary>Posts a form with this client's own authentication.</summary>
    public Task<Answer> PostAsync(string path, params (string Name, string? Value)[] parameters) => PostToAsync(issuer, path, [], parameters);

    /// <summary>The same to a certain node, with headers of the test's own.</summary>
    public async Task<Answer> PostToAsync(Uri node, string path, (string Name, string Value)[] headers, params (string Name, string? Value)[] parameters)
    {
        ArgumentNullException.ThrowIfNull(headers);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node, path));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        var form = parameters.Where(pair => pair.Value is not null).Select(pair => new KeyValuePair<string, string>(pair.Name, pair.Value!)).ToList();
        if (secret is null)
        {
            form.Add(new("client_id", clientId));
        }
        else
        {
            // RFC 6749 §2.3.1: both parts are form-encoded first.
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(clientId)}:{WebUtility.UrlEncode(secret)}")));
        }

        request.Content = new FormUrlEncodedContent(form);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null, response);
    }

    /// <summary>Checks a token's signature against the published keys, as a stranger would.</summary>
    public async Task<TokenValidationResult> VerifyAsync(string? token, string audience)
    {
        var keys = new JsonWebKeySet(await _http.GetStringAsync("/.well-known/jwks.json"));
        return await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = issuer.AbsoluteUri.TrimEnd('/'), ValidAudience = audience, IssuerSigningKeys = keys.GetSigningKeys(), ValidateLifetime = false,
        });
    }

    public void Dispose() => _http.Dispose();

    private static (string Name, string? Value)[] With((string Name, string? Value)[] parameters, (string Name, string? Value)[] changes) =>
        [.. parameters.Where(parameter => changes.All(change => change.Name != parameter.Name)), .. changes];
}
