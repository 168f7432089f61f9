using Microsoft.AspNetCore;
using OidcProvider.Clients;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// Asks, at every endpoint that names a client, whether it is enabled and whether it authenticates the way it is registered
/// (RFC 7591 §2 <c>token_endpoint_auth_method</c>). Runs before the secret is compared.
/// </summary>
internal sealed class CheckClient(RegistrySnapshot clients, ClientGuesses guesses) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    private static readonly object Key = new();

    /// <summary>The client of this request, found once.</summary>
    public static RegisteredClient? Current(OpenIddictServerTransaction transaction) => Entry(transaction)?.Registered;

    public static ClientEntry? Entry(OpenIddictServerTransaction transaction) =>
        transaction.GetHttpRequest()?.HttpContext.Items[Key] as ClientEntry;

    /// <summary>Whether a client proves itself at this endpoint.</summary>
    public static bool Authenticates(ProcessAuthenticationContext context) => context.EndpointType is
        OpenIddictServerEndpointType.Token or OpenIddictServerEndpointType.Introspection or OpenIddictServerEndpointType.Revocation
        or OpenIddictServerEndpointType.DeviceAuthorization or OpenIddictServerEndpointType.PushedAuthorization;

    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (string.IsNullOrEmpty(context.ClientId) || context.Transaction.GetHttpRequest() is not { } request)
        {
            return;
        }

        var entry = await clients.FindClientAsync(context.ClientId, CancellationToken.None);
        var client = entry?.Registered;
        if (client is null || client.Disabled)
        {
            // RFC 6749 §5.2. A secret that comes along is counted and paid for as a wrong one.
            if (Authenticates(context) && context.ClientSecret is { Length: > 0 } secret)
            {
                await guesses.JudgeAsync(context, entry, secret);
                return;
            }

            context.Reject(Authenticates(context) ? Errors.InvalidClient : Errors.InvalidRequest, client is null ? "The client is unknown." : "The client is disabled.");
            return;
        }

        request.HttpContext.Items[Key] = entry;
        if (Authenticates(context) && Method(request, context) is { } method && method != client.Definition.TokenEndpointAuthMethod)
        {
            context.Reject(Errors.InvalidClient, $"The client is registered for {client.Definition.TokenEndpointAuthMethod} and used {method}.");
        }
    }

    private static string Method(HttpRequest request, ProcessAuthenticationContext context)
    {
        if (request.Headers.Authorization.ToString().StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return ClientAuthenticationMethods.ClientSecretBasic;
        }

        return string.IsNullOrEmpty(context.ClientSecret) ? ClientAuthenticationMethods.None : ClientAuthenticationMethods.ClientSecretPost;
    }
}
