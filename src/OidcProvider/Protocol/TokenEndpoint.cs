using Microsoft.AspNetCore;
using OidcProvider.Clients;
using OidcProvider.Protocol.Handlers;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol;

/// <summary>
/// The token endpoint (RFC 6749 §3.2). By now the engine has authenticated the client and verified the code, refresh token or
/// device code; a grant fills in what is special to it.
/// </summary>
internal sealed class TokenEndpoint(ClientCredentialsGrant clients, UsageCounts usage) : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public async ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        var client = CheckClient.Current(context.Transaction);
        if (client is null)
        {
            context.Reject(Errors.InvalidClient, "The request names no client.");
            return;
        }

        // What a grant needs is made when it is asked for: a service's own token must not pay for a database context.
        var services = context.Transaction.GetHttpRequest()!.HttpContext.RequestServices;
        var principal = context.Request.GrantType switch
        {
            GrantTypes.AuthorizationCode => await services.GetRequiredService<UserGrant>().RedeemCodeAsync(context.AuthorizationCodePrincipal!, client),
            GrantTypes.RefreshToken => await services.GetRequiredService<UserGrant>().RefreshAsync(context.RefreshTokenPrincipal!, client),
            GrantTypes.DeviceCode => await services.GetRequiredService<UserGrant>().RedeemDeviceCodeAsync(context.DeviceCodePrincipal!, client),
            GrantTypes.TokenExchange => await services.GetRequiredService<ApiKeyGrant>().ExchangeAsync(PresentedApiKey.Exchanged(context.Transaction)!, context.Request, client),
            GrantTypes.ClientCredentials => await clients.GrantAsync(context.Request, client),
            _ => new Hosting.Problem(Errors.UnsupportedGrantType, "The grant type is not supported."),
        };
        if (principal.Succeeded)
        {
            usage.CountGrant(client, context.Request.GrantType!, principal.Value.GetScopes());
            context.SignIn(principal.Value);
            return;
        }

        context.Reject(principal.Problems[0].Code, principal.Problems[0].Message);
    }
}
