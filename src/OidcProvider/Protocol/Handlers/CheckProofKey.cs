using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>PKCE with S256 (RFC 7636): a challenge must look like a SHA-256 hash, §4.2.</summary>
internal static class ProofKey
{
    public const int ChallengeLength = 43;

    public static bool IsChallenge(string? challenge) => challenge is { Length: ChallengeLength } && challenge.All(IsUnreserved);

    // §4.1: 43 to 128 unreserved characters.
    public static bool IsVerifier(string? verifier) => verifier is { Length: >= 43 and <= 128 } && verifier.All(character => IsUnreserved(character) || character is '.' or '~');

    public static bool Matches(string challenge, string verifier) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))),
        Encoding.ASCII.GetBytes(challenge));

    private static bool IsUnreserved(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';
}

/// <summary>Refuses a challenge that no S256 could have made, at the authorization endpoint and at the pushed one.</summary>
internal sealed class CheckCodeChallenge : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>, IOpenIddictServerHandler<ValidatePushedAuthorizationRequestContext>
{
    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context) => Check(context, context.Request);

    public ValueTask HandleAsync(ValidatePushedAuthorizationRequestContext context) => Check(context, context.Request);

    private static ValueTask Check(BaseValidatingContext context, OpenIddictRequest request)
    {
        if (request.CodeChallenge is { } challenge && !ProofKey.IsChallenge(challenge))
        {
            context.Reject(Errors.InvalidRequest, "The code_challenge is not a SHA-256 hash in base64url.");
        }

        return ValueTask.CompletedTask;
    }
}

/// <summary>
/// Compares the verifier with the challenge the code was made for (RFC 7636 §4.6). A verifier for a code without a challenge is
/// refused too: somebody removed the challenge on the way (RFC 9700 §4.8.2).
/// </summary>
internal sealed class CheckCodeVerifier : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        if (!context.Request.IsAuthorizationCodeGrantType() || context.AuthorizationCodePrincipal is not { } code)
        {
            return ValueTask.CompletedTask;
        }

        var challenge = code.GetClaim(Claims.Private.CodeChallenge);
        var verifier = context.Request.CodeVerifier;
        var reason = (challenge, verifier) switch
        {
            (null or "", null or "") => null,
            (null or "", _) => "The code was issued without a code_challenge, so no code_verifier belongs to it.",
            (_, null or "") => "The code_verifier is missing.",
            _ when !ProofKey.IsVerifier(verifier) || !ProofKey.Matches(challenge, verifier) => "The code_verifier does not match the code_challenge.",
            _ => null,
        };
        if (reason is not null)
        {
            context.Reject(Errors.InvalidGrant, reason);
        }

        return ValueTask.CompletedTask;
    }
}
