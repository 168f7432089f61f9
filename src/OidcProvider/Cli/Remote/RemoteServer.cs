using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;

namespace OidcProvider.Cli.Remote;

/// <summary>What a remote server answered.</summary>
internal sealed record RemoteAnswer(string Text, string? Version)
{
    private static readonly JsonSerializerOptions Lenient = new(ApiJson.Options) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip };

    public JsonNode? Json => Text.Length == 0 ? null : JsonNode.Parse(Text);

    /// <summary>A newer server may say more than this version knows.</summary>
    public T Read<T>() => JsonSerializer.Deserialize<T>(Text, Lenient)!;
}

/// <summary>
/// The admin API of another server. Signs in where that is needed and somebody is there to do it, refreshes, waits when it is told to, and turns what goes wrong into
/// the problems that the API names.
/// </summary>
internal sealed class RemoteServer : IDisposable
{
    /// <summary>An access token or API key for scripts; nothing is kept then.</summary>
    public const string TokenVariable = "OIDC_TOKEN";

    private const int Tries = 5;

    private readonly HttpClient _http;
    private readonly Uri _api;
    private readonly CliConsole _console;
    private readonly TimeProvider _time;
    private readonly string? _given = Environment.GetEnvironmentVariable(TokenVariable);

    public RemoteServer(Uri address, CliConsole console, TimeProvider time)
    {
        (Address, _console, _time) = (address, console, time);
        _api = new Uri(address, ApiRoutes.Root.TrimStart('/') + "/");
        // A token must not follow a redirect to an address nobody named.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(100) };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("oidcprovider-cli", typeof(RemoteServer).Assembly.GetName().Version?.ToString(3)));
        Cache = new TokenCache(address);
        Tokens = new RemoteTokens(_http, address, console, time);
    }

    public Uri Address { get; }

    public TokenCache Cache { get; }

    public RemoteTokens Tokens { get; }

    public Task<Result<RemoteAnswer>> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, null, cancellation);

    public Task<Result<RemoteAnswer>> PostAsync<T>(string path, T body, CancellationToken cancellation, string? version = null) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body, ApiJson.Options), version, cancellation);

    public Task<Result<RemoteAnswer>> PostAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Post, path, null, null, cancellation);

    public Task<Result<RemoteAnswer>> DeleteAsync(string path, CancellationToken cancellation, string? version = null) => SendAsync(HttpMethod.Delete, path, null, version, cancellation);

    /// <summary>Deletes what nobody wants to see once more: null, or why not.</summary>
    public async Task<Problem?> RemoveAsync(string path, CancellationToken cancellation, string? version = null) =>
        await DeleteAsync(path, cancellation, version) is { Succeeded: false } refused ? refused.Problems[0] : null;

    public Task<Result<RemoteAnswer>> SendAsync(HttpMethod method, string path, string? body, string? version, CancellationToken cancellation) =>
        SendAsync(new Uri(_api, path), method, body, version, cancellation);

    /// <summary>Expected refusals come back as problems; a server that does not answer, or nobody signed in, ends the verb.</summary>
    public async Task<Result<RemoteAnswer>> SendAsync(Uri address, HttpMethod method, string? body, string? version, CancellationToken cancellation)
    {
        var token = await TokenAsync(cancellation);
        // One key for all tries: what was done but not heard of is not done twice.
        var key = Guid.NewGuid().ToString("N");
        var renewed = false;
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (version is not null)
            {
                request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
            }

            if (method == HttpMethod.Post)
            {
                request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            }

            using var answer = await _http.SendAsync(request, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if (answer.IsSuccessStatusCode)
            {
                return new RemoteAnswer(text, answer.Headers.ETag?.Tag.Trim('"'));
            }

            var problems = RemoteProblems.Read(answer.StatusCode, text);
            if (answer.StatusCode == HttpStatusCode.Unauthorized && !renewed)
            {
                (token, renewed) = (await RenewAsync(problems[0], cancellation), true);
            }
            else if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && attempt < Tries)
            {
                await Task.Delay(RemoteProblems.Pause(answer, attempt, _time.GetUtcNow()), _time, cancellation);
            }
            else
            {
                return answer.StatusCode is HttpStatusCode.Unauthorized ? throw new RemoteFault(problems) : problems;
            }
        }
    }

    /// <summary>Signs in and keeps the tokens.</summary>
    public async Task<CachedTokens> SignInAsync(bool fresh, CancellationToken cancellation)
    {
        var tokens = await Tokens.SignInAsync(fresh, cancellation);
        Cache.Write(tokens);
        return tokens;
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> TokenAsync(CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(_given))
        {
            return _given;
        }

        var read = Cache.Read();
        if (!read.Succeeded)
        {
            throw new RemoteFault(read.Problems);
        }

        if (read.Value is not { } kept)
        {
            return (await AskAsync(fresh: false, "not_signed_in", "Nobody is signed in.", cancellation)).AccessToken;
        }

        // A little early, so that it does not end on the way.
        return kept.ExpiresAt - TimeSpan.FromSeconds(30) > _time.GetUtcNow() ? kept.AccessToken : await RefreshAsync(kept, cancellation);
    }

    private async Task<string> RenewAsync(Problem why, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(_given))
        {
            throw new RemoteFault(why.Code, $"{why.Message} The token in {TokenVariable} will not do.");
        }

        // RFC 9470 §4: no refreshing makes a sign-in stronger or younger.
        return why.Code == "insufficient_user_authentication"
            ? (await AskAsync(fresh: true, why.Code, why.Message, cancellation)).AccessToken
            : Cache.Read() is { Succeeded: true, Value: { } kept } ? await RefreshAsync(kept, cancellation) : (await AskAsync(fresh: false, why.Code, why.Message, cancellation)).AccessToken;
    }

    private async Task<string> RefreshAsync(CachedTokens kept, CancellationToken cancellation)
    {
        if (await Tokens.RefreshAsync(kept, cancellation) is not { } tokens)
        {
            return (await AskAsync(fresh: false, "not_signed_in", "The sign-in has ended.", cancellation)).AccessToken;
        }

        Cache.Write(tokens);
        return tokens.AccessToken;
    }

    private Task<CachedTokens> AskAsync(bool fresh, string code, string why, CancellationToken cancellation) =>
        _console.Interactive ? SignInAsync(fresh, cancellation) : throw new RemoteFault(code, $"{why} Run `login --server {Address.AbsoluteUri.TrimEnd('/')}` first.");
}
