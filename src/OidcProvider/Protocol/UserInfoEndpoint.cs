using OidcProvider.Clients;
using OidcProvider.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol;

/// <summary>
/// The userinfo endpoint (OpenID Connect Core 1.0 §5.3): the claims that the token's scopes release, as the user is now.
/// </summary>
internal sealed class UserInfoEndpoint(GrantGate gate, RegistrySnapshot scopes) : IOpenIddictServerHandler<HandleUserInfoRequestContext>
{
    public async ValueTask HandleAsync(HandleUserInfoRequestContext context)
    {
        var token = context.AccessTokenPrincipal!;
        if (!token.HasScope(Scopes.OpenId))
        {
            context.Reject(Errors.InsufficientScope, "The access token was not issued for the scope openid.");
            return;
        }

        var admitted = await gate.AdmitAsync(token.GetClaim(Claims.Subject), sessionId: null);
        if (!admitted.Succeeded)
        {
            context.Reject(Errors.InvalidToken, admitted.Problems[0].Message);
            return;
        }

        // Only what was released is answered; the engine's own additions are taken back.
        context.Issuer = null;
        context.Audiences.Clear();
        var granted = await scopes.FindScopesAsync(token.GetScopes(), CancellationToken.None);
        var released = UserClaims.Released(UserClaims.Of(admitted.Value.User, admitted.Value.Roles), granted);
        context.Subject = admitted.Value.User.Id.ToString();
        foreach (var (name, value) in released)
        {
            context.Claims[name] = new OpenIddictParameter(value);
        }
    }
}
