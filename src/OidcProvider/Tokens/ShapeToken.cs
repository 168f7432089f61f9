using OidcProvider.Hosting;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>
/// Makes a JWT say what the standards say and nothing of the engine's own: no private claims, the issuer exactly as configured,
/// a <c>jti</c> that can be revoked (RFC 9068 §2.2).
/// </summary>
internal sealed class ShapeToken(IssuerUri issuer) : IOpenIddictServerHandler<GenerateTokenContext>
{
    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (context.TokenType is not (TokenTypeIdentifiers.AccessToken or TokenTypeIdentifiers.IdentityToken))
        {
            return ValueTask.CompletedTask;
        }

        var descriptor = context.SecurityTokenDescriptor;
        descriptor.Issuer = issuer.Value;
        descriptor.Claims = descriptor.Claims.Where(claim => !IsPrivate(claim.Key)).ToDictionary(StringComparer.Ordinal);
        if (descriptor.Subject is { } subject)
        {
            foreach (var claim in subject.Claims.Where(claim => IsPrivate(claim.Type)).ToList())
            {
                subject.RemoveClaim(claim);
            }
        }

        if (context.TokenType is TokenTypeIdentifiers.AccessToken)
        {
            descriptor.Claims[Claims.JwtId] = AccessTokenId.Create(Guid.TryParse(context.Principal.GetAuthorizationId(), out var grant) ? grant : null);
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsPrivate(string name) => name.StartsWith(Claims.Prefixes.Private, StringComparison.Ordinal);
}
