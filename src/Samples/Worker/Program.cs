// A program without a user: fetches a token for itself (RFC 6749 §4.4) and calls the Api sample.
// Run: dotnet run --project src/Samples/Worker -- [--once | --every SECONDS]
// Settings: Oidc:Authority, Oidc:ClientId, Oidc:ClientSecret, Api:Address. Exit code 0 done, 1 fault, 2 usage.
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OidcProvider.Samples;

var configuration = new ConfigurationBuilder()
    .AddJsonFile("appsettings.json", optional: true)
    .AddEnvironmentVariables()
    .AddCommandLine([.. args.Where(argument => argument != "--once")])
    .Build();
var (settings, fault) = DemoSettings.Read(configuration, "demo-worker", confidential: true);
var every = TimeSpan.Zero;
if (configuration["every"] is { } text)
{
    if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86400)
        every = TimeSpan.FromSeconds(seconds);
    else
        fault = "--every: give a number of seconds from 1 to 86400.";
}

if (settings is null || fault is not null)
{
    Console.Error.WriteLine(fault);
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

// One client for the whole run; connections are renewed so that a changed DNS entry is noticed.
// Redirects are not followed: a secret or a token must not travel to an address nobody configured.
using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false });
http.Timeout = TimeSpan.FromSeconds(15);
var tokens = new ClientCredentials(http, settings, TimeProvider.System);
var whoami = new Uri(new Uri(configuration["Api:Address"] ?? "http://localhost:5082"), "whoami");

while (true)
{
    var succeeded = await CallAsync();
    if (stop.IsCancellationRequested || every == TimeSpan.Zero)
    {
        return succeeded || stop.IsCancellationRequested ? 0 : 1;
    }

    await Task.Delay(every, TimeProvider.System, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

async Task<bool> CallAsync()
{
    try
    {
        using var answer = await SendAsync();
        Console.WriteLine($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(stop.Token)}");
        return answer.IsSuccessStatusCode;
    }
    catch (Exception fault) when (fault is HttpRequestException or JsonException)
    {
        Console.Error.WriteLine(fault.Message);
        return false;
    }
    catch (OperationCanceledException)
    {
        if (!stop.IsCancellationRequested) Console.Error.WriteLine("No answer in time.");
        return false;
    }
}

async Task<HttpResponseMessage> SendAsync()
{
    var answer = await GetAsync(await tokens.TokenAsync(stop.Token));
    if (answer.StatusCode != HttpStatusCode.Unauthorized) return answer;

    // RFC 6750 §3.1 invalid_token: the cached token was revoked or its key withdrawn; one try with a new one.
    answer.Dispose();
    tokens.Forget();
    return await GetAsync(await tokens.TokenAsync(stop.Token));
}

async Task<HttpResponseMessage> GetAsync(string token)
{
    // RFC 6750 §2.1: the token goes into the Authorization header.
    using var request = new HttpRequestMessage(HttpMethod.Get, whoami) { Headers = { Authorization = new("Bearer", token) } };
    return await http.SendAsync(request, stop.Token);
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

/// <summary>Keeps one token for all calls. There is no refresh token here (RFC 6749 §4.4.3): asking again is the refresh.</summary>
internal sealed class ClientCredentials(HttpClient http, DemoSettings settings, TimeProvider time)
{
    // Renewed this long before it expires, so that it does not expire on its way to the API.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private string? _token;
    private DateTimeOffset _until;

    public async Task<string> TokenAsync(CancellationToken cancellation)
    {
        if (_token is not null && time.GetUtcNow() < _until) return _token;

        var asked = time.GetUtcNow();
        var answer = await RequestAsync(cancellation);
        _token = answer.AccessToken;
        // RFC 6749 §5.1: expires_in may be absent; then nothing is known and the token is used once.
        _until = asked + TimeSpan.FromSeconds(answer.ExpiresIn) - Margin;
        return _token;
    }

    public void Forget() => _token = null;

    private async Task<TokenAnswer> RequestAsync(CancellationToken cancellation)
    {
        // RFC 8414 §3, §3.3: endpoints come from metadata, whose issuer must be the one asked for.
        var metadata = await http.GetFromJsonAsync<Metadata>($"{settings.Issuer}/.well-known/openid-configuration", cancellation);
        if (metadata?.Issuer != settings.Issuer)
            throw new HttpRequestException($"The server calls itself '{metadata?.Issuer}', not '{settings.Issuer}'; correct Oidc:Authority.");

        // RFC 6749 §4.4.2 for the body, §2.3.1 for the header.
        using var request = new HttpRequestMessage(HttpMethod.Post, metadata.TokenEndpoint);
        request.Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "api")]);
        request.Headers.Authorization = Basic(settings.ClientId, settings.ClientSecret!);
        using var response = await http.SendAsync(request, cancellation);
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
        {
            // RFC 6749 §5.2.
            var refusal = await response.Content.ReadFromJsonAsync<Refusal>(cancellation);
            throw new HttpRequestException($"The server refused the token: {refusal?.Error} {refusal?.Description}");
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<TokenAnswer>(cancellation) ?? throw new HttpRequestException("The token answer is empty.");
    }

    // RFC 6749 §2.3.1: both parts are form-urlencoded before they are joined, so that a colon in the id cannot shift the border.
    private static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(id)}:{WebUtility.UrlEncode(secret)}")));

    private sealed record Metadata(
        [property: JsonPropertyName("issuer")] string Issuer,
        [property: JsonPropertyName("token_endpoint")] Uri TokenEndpoint);

    private sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn);

    private sealed record Refusal(
        [property: JsonPropertyName("error")] string? Error,
        [property: JsonPropertyName("error_description")] string? Description);
}
