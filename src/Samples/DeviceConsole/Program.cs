// A program on a device without a browser: the user signs in on another one (RFC 8628).
// Run: dotnet run --project src/Samples/DeviceConsole
// Settings: Oidc:Authority, Oidc:ClientId, Api:Address. Exit code 0 done, 1 refused, expired or unreachable, 2 usage, 130 Ctrl+C.
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using OidcProvider.Samples;

var configuration = new ConfigurationBuilder()
    .AddJsonFile("appsettings.json", optional: true)
    .AddEnvironmentVariables()
    .AddCommandLine(args)
    .Build();
// A public client: anyone can read this program, so it has no secret (RFC 8628 §5.6).
var (settings, fault) = DemoSettings.Read(configuration, "demo-device", confidential: false);
if (settings is null)
{
    Console.Error.WriteLine(fault);
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});

// One client for the whole run, which is short. Redirects are not followed: a token must not travel to an address nobody configured.
using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
http.Timeout = TimeSpan.FromSeconds(15);
try
{
    var server = new Server(http, settings, TimeProvider.System, await Server.DiscoverAsync(http, settings, stop.Token));
    var codes = await server.StartAsync("openid profile email offline_access api", stop.Token);

    // RFC 8628 §3.3, §3.3.1: the short address and the code to type; the complete one for a link or a QR code.
    Console.WriteLine($"Open       {codes.VerificationUri}\nand enter  {codes.UserCode}");
    if (codes.VerificationUriComplete is { } complete) Console.WriteLine($"or open    {complete}");

    var tokens = await server.PollAsync(codes, stop.Token);
    // OpenID Connect Core 1.0 §5.3: who signed in. Asked for over the connection to the issuer itself.
    Console.WriteLine($"Signed in: {await GetAsync(server.Metadata.UserInfoEndpoint, tokens.AccessToken)}");

    if (tokens.RefreshToken is { } refreshToken)
    {
        tokens = await server.RefreshAsync(refreshToken, stop.Token);
        Console.WriteLine($"Refreshed: the new access token is good for {tokens.ExpiresIn} s.");
    }

    await CallApiAsync(tokens.AccessToken);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
catch (Exception failure) when (failure is HttpRequestException or JsonException or OperationCanceledException or RefusedException)
{
    Console.Error.WriteLine(failure is OperationCanceledException ? "No answer in time." : failure.Message);
    return 1;
}

async Task CallApiAsync(string accessToken)
{
    var whoami = new Uri(new Uri(configuration["Api:Address"] ?? "http://localhost:5082"), "whoami");
    try
    {
        Console.WriteLine($"Api:       {await GetAsync(whoami, accessToken)}");
    }
    catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ConnectionError)
    {
        Console.WriteLine($"Api:       not running at {whoami} (dotnet run --project src/Samples/Api)");
    }
}

async Task<string> GetAsync(Uri address, string accessToken)
{
    // RFC 6750 §2.1.
    using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Authorization = new("Bearer", accessToken) } };
    using var response = await http.SendAsync(request, stop.Token);
    response.EnsureSuccessStatusCode();
    return await response.Content.ReadAsStringAsync(stop.Token);
}

/// <summary>The steps of RFC 8628 with one authorization server.</summary>
internal sealed class Server(HttpClient http, DemoSettings settings, TimeProvider time, Metadata metadata)
{
    public Metadata Metadata => metadata;

    /// <summary>RFC 8414 §3, §3.3: endpoints come from metadata, whose issuer must be the one asked for.</summary>
    public static async Task<Metadata> DiscoverAsync(HttpClient http, DemoSettings settings, CancellationToken cancellation)
    {
        var metadata = await http.GetFromJsonAsync<Metadata>($"{settings.Issuer}/.well-known/openid-configuration", cancellation);
        return metadata?.Issuer == settings.Issuer
            ? metadata
            : throw new RefusedException($"The server calls itself '{metadata?.Issuer}', not '{settings.Issuer}'; correct Oidc:Authority.");
    }

    /// <summary>RFC 8628 §3.1, §3.2.</summary>
    public async Task<DeviceCodes> StartAsync(string scope, CancellationToken cancellation)
    {
        var (codes, error) = await PostAsync<DeviceCodes>(metadata.DeviceAuthorizationEndpoint, [new("scope", scope)], cancellation);
        return codes ?? throw new RefusedException($"The server refused to start: {error}");
    }

    /// <summary>RFC 8628 §3.4, §3.5: asks until the user has decided or the code has expired.</summary>
    public async Task<Tokens> PollAsync(DeviceCodes codes, CancellationToken cancellation)
    {
        // §3.2: five seconds where the server names no interval.
        var interval = TimeSpan.FromSeconds(codes.Interval ?? 5);
        var expires = time.GetUtcNow() + TimeSpan.FromSeconds(codes.ExpiresIn);
        while (time.GetUtcNow() + interval < expires)
        {
            await Task.Delay(interval, time, cancellation);
            var (tokens, error) = await TryPollAsync(codes.DeviceCode, cancellation);
            if (tokens is not null) return tokens;

            interval = error switch
            {
                "authorization_pending" => interval,
                // §3.5: five seconds more, for this and all later requests.
                "slow_down" => interval + TimeSpan.FromSeconds(5),
                // §3.5: a connection that times out asks for exponential backoff.
                "timeout" => interval * 2,
                "access_denied" => throw new RefusedException("The user refused."),
                "expired_token" => throw new RefusedException("The code has expired; start again."),
                _ => throw new RefusedException($"The server refused the token: {error}"),
            };
        }

        throw new RefusedException("The code has expired; start again.");
    }

    /// <summary>RFC 6749 §6. A rotated refresh token replaces the old one, which must not be used again.</summary>
    public async Task<Tokens> RefreshAsync(string refreshToken, CancellationToken cancellation)
    {
        var (tokens, error) = await PostAsync<Tokens>(metadata.TokenEndpoint,
            [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], cancellation);
        return tokens ?? throw new RefusedException($"The server refused the refresh: {error}");
    }

    private async Task<(Tokens?, string?)> TryPollAsync(string deviceCode, CancellationToken cancellation)
    {
        try
        {
            return await PostAsync<Tokens>(metadata.TokenEndpoint,
                [new("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), new("device_code", deviceCode)], cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "timeout");
        }
    }

    private async Task<(T?, string?)> PostAsync<T>(Uri endpoint, List<KeyValuePair<string, string>> form, CancellationToken cancellation) where T : class
    {
        // RFC 6749 §2.3.1, §3.2.1: a client without a secret names itself by client_id in the body.
        form.Add(new("client_id", settings.ClientId));
        using var content = new FormUrlEncodedContent(form);
        using var response = await http.PostAsync(endpoint, content, cancellation);
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
        {
            // RFC 6749 §5.2.
            return (null, (await response.Content.ReadFromJsonAsync<Refusal>(cancellation))?.Error ?? "unknown error");
        }

        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(cancellation), null);
    }
}

internal sealed class RefusedException(string message) : Exception(message);

internal sealed record Metadata(
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("device_authorization_endpoint")] Uri DeviceAuthorizationEndpoint,
    [property: JsonPropertyName("token_endpoint")] Uri TokenEndpoint,
    [property: JsonPropertyName("userinfo_endpoint")] Uri UserInfoEndpoint);

internal sealed record DeviceCodes(
    [property: JsonPropertyName("device_code")] string DeviceCode,
    [property: JsonPropertyName("user_code")] string UserCode,
    [property: JsonPropertyName("verification_uri")] string VerificationUri,
    [property: JsonPropertyName("verification_uri_complete")] string? VerificationUriComplete,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("interval")] int? Interval);

internal sealed record Tokens(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn);

internal sealed record Refusal([property: JsonPropertyName("error")] string? Error);
