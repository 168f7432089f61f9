using OidcProvider.Audit;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>
/// Uses up the code, refresh token, device code or pushed request that this answer is made from. Replaces the engine's own step,
/// which ignores a lost race for refresh tokens (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
/// </summary>
internal sealed class RedeemToken(TokenStore tokens) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (Presented(context) is not { } principal || !Guid.TryParse(principal.GetTokenId(), out var id))
        {
            return;
        }

        if (await tokens.RedeemAsync(id))
        {
            return;
        }

        // Two parties hold the same token: which of them is honest cannot be told, so both lose it.
        if (context.EndpointType is OpenIddictServerEndpointType.Token && Guid.TryParse(principal.GetAuthorizationId(), out var grant))
        {
            var replay = context.Request.IsRefreshTokenGrantType() ? AuditEvents.RefreshTokenReplayed : AuditEvents.CodeReplayed;
            await tokens.RevokeGrantAsync(grant, replay, context.ClientId, context.ClientId, "raced");
        }

        context.Reject(
            context.EndpointType is OpenIddictServerEndpointType.Token ? Errors.InvalidGrant : Errors.InvalidRequest,
            "The token has already been used.");
    }

    private static System.Security.Claims.ClaimsPrincipal? Presented(ProcessSignInContext context)
    {
        var authentication = context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
        return context.EndpointType switch
        {
            OpenIddictServerEndpointType.Authorization => authentication?.RequestTokenPrincipal,
            OpenIddictServerEndpointType.EndUserVerification => authentication?.UserCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsAuthorizationCodeGrantType() => authentication?.AuthorizationCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsDeviceCodeGrantType() => authentication?.DeviceCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsRefreshTokenGrantType() => authentication?.RefreshTokenPrincipal,
            _ => null,
        };
    }
}
