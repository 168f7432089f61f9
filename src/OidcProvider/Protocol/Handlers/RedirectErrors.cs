using OidcProvider.Clients;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// Sends the refusal of an authorization request to the client once client and redirect URI are known to belong together
/// (RFC 6749 §4.1.2.1). The engine would show a page for whatever it refuses while validating.
/// </summary>
internal sealed class RedirectErrors(RegistrySnapshot clients, IOpenIddictApplicationManager applications) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    private static readonly HashSet<string> Modes = new(StringComparer.Ordinal) { ResponseModes.Query, ResponseModes.Fragment, ResponseModes.FormPost };

    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (string.IsNullOrEmpty(context.Error) || !string.IsNullOrEmpty(context.RedirectUri) || context.Request is not { ClientId: { Length: > 0 } clientId, RedirectUri: { Length: > 0 } redirectUri })
        {
            return;
        }

        if ((await clients.FindClientAsync(clientId, CancellationToken.None))?.Registered is not { Disabled: false }
            || await applications.FindByClientIdAsync(clientId) is not { } application
            || !await applications.ValidateRedirectUriAsync(application, redirectUri))
        {
            return;
        }

        context.RedirectUri = redirectUri;
        if (context.Request.ResponseMode is not { } mode || !Modes.Contains(mode))
        {
            // The mode itself may be what is wrong; the code flow's own mode is then the safe one.
            context.Request.ResponseMode = context.Request.IsImplicitFlow() || context.Request.IsHybridFlow() ? ResponseModes.Fragment : ResponseModes.Query;
        }
    }
}
