using OidcProvider.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>Which client asks, and whether it proves it the way it is registered (RFC 6749 §2.3, RFC 7591 §2).</summary>
internal static class ClientTopics
{
    private static readonly string[] Refused = [Errors.InvalidClient, Errors.InvalidRequest, Errors.UnauthorizedClient];

    public static readonly Topic Named = new("The request names a client", Refused, refusal =>
        refusal.ClientId is { Length: > 0 } ? Verdict.Passed(Redaction.Printable(refusal.ClientId, 200))
        : refusal.Endpoint == "logout" ? null
        : Verdict.Failed("The request names no client: client_id is missing.", refusal.Endpoint == "authorize" ? "Add client_id to the request." : "Send client_id in the form, or client id and secret in the Authorization header (Basic)."));

    public static readonly Topic Known = new("The client is registered", Refused, refusal => refusal.ClientId is not { Length: > 0 } id ? null
        : refusal.Client is not null ? Verdict.Passed(refusal.Client.Name)
        : id != id.Trim() ? Verdict.Failed($"There is no client '{Shown(id)}': it has a space or line break at its beginning or end.", "Trim client_id where the app reads its settings.")
        : Verdict.Failed($"There is no client '{Shown(id)}' on this server.", "Correct client_id (case counts), check that the app talks to the right server, or register the client."));

    public static readonly Topic Enabled = new("The client is enabled", Refused, refusal => refusal.Client is not { } client ? null
        : client.Disabled ? Verdict.Failed($"The client {client.ClientId} is disabled.", "Enable it on its page under Clients, if that is meant to be.") : Verdict.Passed());

    public static readonly Topic Method = new("The client authenticates as registered", Refused, refusal => refusal.Client is not { } client || refusal.Authentication is not { } used ? null
        : refusal.TwoSecrets ? Verdict.Failed("The client sent a secret in the Authorization header and another in the form.", $"Send it once, as {client.Definition.TokenEndpointAuthMethod}.")
        : used == client.Definition.TokenEndpointAuthMethod ? Verdict.Passed(used)
        : Verdict.Failed(Mismatch(used, client.Definition.TokenEndpointAuthMethod), MethodFix(used, client.Definition.TokenEndpointAuthMethod)));

    public static readonly Topic Secret = new("The client's secret is right", [Errors.InvalidClient], refusal => refusal.Client is not { } client || client.Definition.IsPublic() ? null
        : refusal.Says("Too many wrong secrets") ? Verdict.Failed("Too many wrong secrets came from this address; it has to wait.", "Correct the secret, then wait a quarter of an hour; other instances with the old secret keep the clock running.")
        : refusal.Error != Errors.InvalidClient || !refusal.Says("secret is wrong") ? Verdict.Passed()
        : refusal[Parameters.ClientSecret] is { } secret && secret != secret.Trim() ? Verdict.Failed("The secret has a space or line break at its beginning or end.", "Trim it where the app reads its settings; a file often ends with a line break.")
        : Verdict.Failed("The secret is not one of this client's.", refusal.Authentication == ClientMetadata.ClientSecretBasic
            ? "Give the client the current secret, or a new one on its page; in the Authorization header id and secret are percent-encoded before base64 (RFC 6749 §2.3.1)." : "Give the client the current secret, or a new one on its page."));

    private static string Mismatch(string used, string registered) => (used, registered) switch
    {
        (ClientMetadata.None, _) => $"The client sent no secret but is registered for {registered}.",
        (_, ClientMetadata.None) => $"The client sent a secret as {used} but is registered as a public client (none).",
        _ => $"The client uses {used} but is registered for {registered}.",
    };

    private static string MethodFix(string used, string registered) => registered switch
    {
        ClientMetadata.ClientSecretBasic => $"Send id and secret in the Authorization header (Basic), or register the client for {used}.",
        ClientMetadata.None => "Send no secret: it is not one. If the app can keep a secret, register it for client_secret_basic.",
        _ when used == ClientMetadata.None => "Send client_id and client_secret in the form. An app that cannot keep a secret is registered with token_endpoint_auth_method none.",
        _ => $"Send client_id and client_secret in the form, or register the client for {used}.",
    };

    private static string Shown(string id) => Redaction.Printable(id, 100);
}
