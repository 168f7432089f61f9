using OidcProvider.Clients;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>
/// Checks a presented JWT access token against its grant and the list of revoked ones. The engine checks grants only for tokens
/// with a row (the gap of GHSA-cxgj-hwwh-855g); ours have none.
/// </summary>
internal sealed class AccessTokenState(TokenStore tokens, RegistrySnapshot clients) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal?.GetTokenType() is not TokenTypeIdentifiers.AccessToken)
        {
            return;
        }

        // A client that was removed, disabled or registered anew holds nothing (the look-up is in memory).
        if (context.Principal.GetPresenters() is not [var clientId, ..] || await clients.FindClientAsync(clientId) is not { Registered.Disabled: false } client
            || context.Principal.GetCreationDate() is not { } issued || issued.UtcDateTime < client.Row.CreatedAt.AddSeconds(-1))
        {
            context.Reject(Errors.InvalidToken, "The client that the access token was issued to is not registered any more.");
            return;
        }

        if (context.Principal.GetClaim(Claims.JwtId) is not { } jti || !await tokens.IsAccessTokenAliveAsync(jti))
        {
            context.Reject(Errors.InvalidToken, "The access token has been revoked.");
        }
    }
}
