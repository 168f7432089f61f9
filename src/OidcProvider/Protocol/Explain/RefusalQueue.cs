using System.Threading.Channels;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Telemetry;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>
/// Takes refusals from the endpoints in next to no time: a copy of references into a bounded queue. Explaining and writing happen elsewhere
/// (<see cref="RefusalWriter"/>); when the queue is full the oldest goes, so that a flood slows nobody down.
/// </summary>
internal sealed class RefusalQueue
{
    private const int Capacity = 1000;

    private readonly Channel<Refusal> _waiting;
    private readonly TimeProvider _time;
    private readonly Measurements _measurements;

    public RefusalQueue(TimeProvider time, Measurements measurements)
    {
        (_time, _measurements) = (time, measurements);
        _waiting = Channel.CreateBounded<Refusal>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => CountDropped());
    }

    public ChannelReader<Refusal> Waiting => _waiting.Reader;

    /// <summary>One more that is not kept; the dashboard shows how many.</summary>
    public void CountDropped() => _measurements.RefusalNotKept();

    /// <summary>A refusal of the protocol engine.</summary>
    public void Add(HttpContext http, OpenIddictRequest? request, string error, string? description)
    {
        // A device that waits is no fault, and asks every five seconds.
        if (error == Errors.AuthorizationPending || Endpoint(http) is not { } endpoint)
        {
            return;
        }

        _measurements.RequestRefused(endpoint, error);
        Dictionary<string, string> parameters = new(StringComparer.Ordinal);
        foreach (var parameter in request?.GetParameters() ?? new Dictionary<string, OpenIddictParameter>())
        {
            parameters[parameter.Key] = (string?)parameter.Value ?? "";
        }

        // The way back to the client may have replaced a mode that does not exist; see RedirectErrors.
        if (http.Request.Query[Parameters.ResponseMode].FirstOrDefault() is { } mode)
        {
            parameters[Parameters.ResponseMode] = mode;
        }

        var header = http.Request.Headers.Authorization.ToString();
        var basic = header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase);
        _waiting.Writer.TryWrite(new Refusal
        {
            Id = RequestId.Of(http), At = _time.GetUtcNow().UtcDateTime, Endpoint = endpoint, Method = http.Request.Method,
            ClientId = request?.ClientId, Parameters = parameters, Error = error, Description = description,
            Authentication = endpoint is "authorize" or "userinfo" or "logout" ? null
                : basic ? ClientMetadata.ClientSecretBasic
                : !string.IsNullOrEmpty(request?.ClientAssertion) ? ClientAuthenticationMethods.PrivateKeyJwt
                : string.IsNullOrEmpty(request?.ClientSecret) ? ClientMetadata.None : ClientMetadata.ClientSecretPost,
            TwoSecrets = basic && http.Request.HasFormContentType && http.Request.Form.ContainsKey(Parameters.ClientSecret),
        });
    }

    /// <summary>A refusal before the engine was asked.</summary>
    public void AddMalformed(HttpContext http, string error, string description)
    {
        if (Endpoint(http) is not { } endpoint)
        {
            return;
        }

        _measurements.RequestRefused(endpoint, error);
        _waiting.Writer.TryWrite(new Refusal
        {
            Id = RequestId.Of(http), At = _time.GetUtcNow().UtcDateTime, Endpoint = endpoint, Method = http.Request.Method,
            ClientId = http.Request.Query[Parameters.ClientId].FirstOrDefault(), Parameters = http.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal),
            Error = error, Description = description, Malformed = true,
        });
    }

    private static string? Endpoint(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/connect", out var rest) && rest.Value is { Length: > 1 and <= 40 } path ? path[1..] : null;
}
