using OidcProvider.Clients;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>
/// Whether a well-formed access token still stands: its client is registered and enabled, its grant was not revoked, and it is not on
/// the list of those that died early. Asked by the protocol's endpoints and by our own APIs alike.
/// </summary>
internal sealed class AccessTokenStanding(TokenStore tokens, RegistrySnapshot clients)
{
    /// <summary>Why the token counts no more, or null.</summary>
    public async ValueTask<string?> FaultAsync(string? clientId, DateTime? issuedAt, string? jti)
    {
        // A client that was removed, disabled or registered anew holds nothing (the look-up is in memory).
        if (clientId is null || await clients.FindClientAsync(clientId) is not { Registered.Disabled: false } client
            || issuedAt is not { } issued || issued < client.Row.CreatedAt.AddSeconds(-1))
        {
            return "The client that the access token was issued to is not registered any more.";
        }

        return jti is null || !await tokens.IsAccessTokenAliveAsync(jti) ? "The access token has been revoked." : null;
    }
}

/// <summary>
/// Checks a presented JWT access token against its grant and the list of revoked ones. The engine checks grants only for tokens
/// with a row (the gap of GHSA-cxgj-hwwh-855g); ours have none.
/// </summary>
internal sealed class AccessTokenState(AccessTokenStanding standing) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal?.GetTokenType() is not TokenTypeIdentifiers.AccessToken)
        {
            return;
        }

        var fault = await standing.FaultAsync(context.Principal.GetPresenters().FirstOrDefault(), context.Principal.GetCreationDate()?.UtcDateTime, context.Principal.GetClaim(Claims.JwtId));
        if (fault is not null)
        {
            context.Reject(Errors.InvalidToken, fault);
        }
    }
}
