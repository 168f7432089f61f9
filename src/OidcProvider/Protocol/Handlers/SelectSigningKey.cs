using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Keys;
using OidcProvider.Tokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// Chooses the key that signs a token: for ID tokens the client's <c>id_token_signed_response_alg</c>, RS256 unless it asks
/// otherwise (OpenID Connect Dynamic Client Registration 1.0 §2); for access tokens the setting; for the rest the cheapest.
/// </summary>
internal sealed class SelectSigningKey(KeyRing keys, IOptions<TokensOptions> options) : IOpenIddictServerHandler<GenerateTokenContext>
{
    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        context.SigningCredentials = keys.Current.For(context.TokenType switch
        {
            TokenTypeIdentifiers.IdentityToken => CheckClient.Current(context.Transaction)?.Definition.IdTokenSignedResponseAlg ?? SecurityAlgorithms.RsaSha256,
            TokenTypeIdentifiers.AccessToken => options.Value.AccessTokenAlgorithm,
            _ => KeyRing.InternalAlgorithm,
        });
        return ValueTask.CompletedTask;
    }
}
