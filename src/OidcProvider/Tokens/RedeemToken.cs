using System.Security.Claims;
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
        if (Presented(context) is not { } principal || !Guid.TryParse(principal.GetTokenId(), out var id) || await tokens.RedeemAsync(id))
        {
            return;
        }

        if (context.EndpointType is not OpenIddictServerEndpointType.Token)
        {
            context.Reject(Errors.InvalidRequest, "The request has already been answered.");
            return;
        }

        var refresh = context.Request.IsRefreshTokenGrantType();
        if (refresh && await tokens.RepeatAsync(id, context.Request.RefreshToken!) is { } successor)
        {
            RepeatSuccessor.Set(context.Transaction, successor);
            return;
        }

        // Two parties hold the same token: which of them is honest cannot be told, so both lose it.
        if (!context.Request.IsDeviceCodeGrantType() && Guid.TryParse(principal.GetAuthorizationId(), out var grant))
        {
            await tokens.RevokeGrantAsync(grant, refresh ? AuditEvents.RefreshTokenReplayed : AuditEvents.CodeReplayed, context.ClientId, context.ClientId, "raced");
        }

        context.Reject(Errors.InvalidGrant, "The token has already been used.");
    }

    /// <summary>The token that the request presents for being answered.</summary>
    public static ClaimsPrincipal? Presented(ProcessSignInContext context)
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
