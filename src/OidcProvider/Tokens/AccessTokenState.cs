using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>
/// Checks a presented JWT access token against its grant and the list of revoked ones. The engine checks grants only for tokens
/// with a row (the gap of GHSA-cxgj-hwwh-855g); ours have none.
/// </summary>
internal sealed class AccessTokenState(TokenStore tokens) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal?.GetTokenType() is not TokenTypeIdentifiers.AccessToken)
        {
            return;
        }

        if (context.Principal.GetClaim(Claims.JwtId) is not { } jti || !await tokens.IsAccessTokenAliveAsync(jti))
        {
            context.Reject(Errors.InvalidToken, "The access token has been revoked.");
        }
    }
}
