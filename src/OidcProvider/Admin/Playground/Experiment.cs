using OidcProvider.Clients;

namespace OidcProvider.Admin.Playground;

/// <summary>The ways through the protocol that can be walked.</summary>
internal static class Flow
{
    public const string Code = "code", Device = "device", Credentials = "client_credentials";

    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        [Code] = "A person signs in: authorization code with PKCE", [Device] = "A person signs in on another screen: device", [Credentials] = "A program acts for itself: client credentials",
    };

    /// <summary>The flow to begin with for a client; null when it may use none of them.</summary>
    public static string? Of(ClientDefinition client) =>
        client.HasGrant(ClientMetadata.AuthorizationCode) ? Code : client.HasGrant(ClientMetadata.DeviceCode) ? Device : client.HasGrant(ClientMetadata.ClientCredentials) ? Credentials : null;
}

/// <summary>
/// What one visitor is trying out: the client they chose and what they got so far. It lives sealed in their own browser for a quarter of an hour and nowhere else.
/// </summary>
internal sealed record Experiment
{
    public required string Flow { get; init; }

    public required string ClientId { get; init; }

    public string? ClientSecret { get; init; }

    public string Scope { get; init; } = "";

    public bool Pushed { get; init; }

    public string? Prompt { get; init; }

    public required DateTimeOffset At { get; init; }

    public string? State { get; init; }

    public string? Nonce { get; init; }

    public string? Verifier { get; init; }

    public string? DeviceCode { get; init; }

    public string? AccessToken { get; init; }

    public string? IdToken { get; init; }

    public string? RefreshToken { get; init; }

    // Secrets must not reach a log through a careless interpolation.
    public override string ToString() => $"{Flow} with {ClientId}";
}
