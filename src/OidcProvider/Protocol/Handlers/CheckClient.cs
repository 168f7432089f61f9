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
internal sealed class CheckClient(RegistrySnapshot clients) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    private static readonly object Key = new();

    /// <summary>The client of this request, found once.</summary>
    public static RegisteredClient? Current(OpenIddictServerTransaction transaction) =>
        transaction.GetHttpRequest()?.HttpContext.Items[Key] as RegisteredClient;

    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (string.IsNullOrEmpty(context.ClientId) || context.Transaction.GetHttpRequest() is not { } request)
        {
            return;
        }

        var client = (await clients.FindClientAsync(context.ClientId, CancellationToken.None))?.Registered;
        if (client is null || client.Disabled)
        {
            // One answer for both, so that nobody learns which client ids were once in use (RFC 6749 §5.2).
            context.Reject(AuthenticatesClient(context) ? Errors.InvalidClient : Errors.InvalidRequest, client is null ? "The client is unknown." : "The client is disabled.");
            return;
        }

        request.HttpContext.Items[Key] = client;
        if (AuthenticatesClient(context) && Method(request, context) is { } method && method != client.Definition.TokenEndpointAuthMethod)
        {
            context.Reject(Errors.InvalidClient, $"The client is registered for {client.Definition.TokenEndpointAuthMethod} and used {method}.");
        }
    }

    private static bool AuthenticatesClient(ProcessAuthenticationContext context) => context.EndpointType is
        OpenIddictServerEndpointType.Token or OpenIddictServerEndpointType.Introspection or OpenIddictServerEndpointType.Revocation
        or OpenIddictServerEndpointType.DeviceAuthorization or OpenIddictServerEndpointType.PushedAuthorization;

    private static string Method(HttpRequest request, ProcessAuthenticationContext context)
    {
        if (request.Headers.Authorization.ToString().StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return ClientAuthenticationMethods.ClientSecretBasic;
        }

        return string.IsNullOrEmpty(context.ClientSecret) ? ClientAuthenticationMethods.None : ClientAuthenticationMethods.ClientSecretPost;
    }
}
