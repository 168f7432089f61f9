using OidcProvider.ApiKeys;
using OidcProvider.Audit;
using OidcProvider.Protocol.Handlers;
using OidcProvider.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol;

/// <summary>
/// Token revocation (RFC 7009 §2.1). A refresh token takes the whole grant with it, access tokens included; an access token dies
/// alone; an API key takes the access tokens it was exchanged for with it, whoever presents it. An unknown token, or another client's, is answered
/// alike and changes nothing (§2.2).
/// </summary>
internal sealed class RevocationEndpoint(TokenStore tokens, IServiceProvider services) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (PresentedApiKey.Revoked(context.Transaction) is { } key)
        {
            await services.GetRequiredService<ApiKeyRegistry>().RevokeAsync(key.Id, context.Request.ClientId!, reason: "presented_for_revocation");
            return;
        }

        var token = context.GenericTokenPrincipal!;
        if (!token.HasPresenter(context.Request.ClientId!))
        {
            context.Reject(Errors.InvalidToken, "The token belongs to another client.");
            return;
        }

        if (token.GetTokenType() is TokenTypeIdentifiers.AccessToken)
        {
            if (token.GetClaim(Claims.JwtId) is { } jti && token.GetExpirationDate() is { } expires)
            {
                await tokens.RevokeAccessTokenAsync(jti, expires.UtcDateTime, context.Request.ClientId);
            }

            return;
        }

        if (Guid.TryParse(token.GetAuthorizationId(), out var grant))
        {
            await tokens.RevokeGrantAsync(grant, AuditEvents.TokenRevoked, context.Request.ClientId, context.Request.ClientId);
        }
    }
}
