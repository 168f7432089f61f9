using OidcProvider.Protocol.Handlers;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>What is special to the token endpoint: the grant, and the code or token it is asked with (RFC 6749 §4.1.3, §6; RFC 8628 §3.4).</summary>
internal static class GrantTopics
{
    private static readonly string[] Supported = [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken, GrantTypes.ClientCredentials, GrantTypes.DeviceCode];

    public static readonly Topic Known = new("The grant type is offered", [Errors.UnsupportedGrantType, Errors.InvalidRequest], refusal => refusal[Parameters.GrantType] is not { Length: > 0 } grant
        ? Verdict.Failed("grant_type is missing.", $"Add grant_type; this server knows {string.Join(", ", Supported)}.")
        : Supported.Contains(grant) ? Verdict.Passed(grant)
        : grant is GrantTypes.Password or GrantTypes.Implicit ? Verdict.Failed($"grant_type '{grant}' was removed from OAuth 2.1 and is not offered.", "Use the code flow with PKCE; a service without a user uses client_credentials.")
        : Verdict.Failed($"grant_type '{Redaction.Printable(grant, 60)}' is unknown here.", $"Use one of {string.Join(", ", Supported)}."));

    public static readonly Topic Registered = new("The client is registered for the grant", [Errors.UnauthorizedClient, Errors.InvalidGrant, Errors.InvalidRequest], refusal => refusal.Client is not { } client || refusal[Parameters.GrantType] is not { Length: > 0 } grant || !Supported.Contains(grant) ? null
        : client.Definition.HasGrant(grant) ? Verdict.Passed()
        : Verdict.Failed($"The client is registered for {string.Join(", ", client.Definition.GrantTypes)}, not for {grant}.", $"Add {grant} to the client's grant types, if it is meant to use it."));

    public static readonly Topic DeviceFlow = new("The client is registered for the device flow", [Errors.UnauthorizedClient, Errors.InvalidRequest], refusal => refusal.Client is not { } client ? null
        : client.Definition.HasGrant(GrantTypes.DeviceCode) ? Verdict.Passed()
        : Verdict.Failed($"The client is registered for {string.Join(", ", client.Definition.GrantTypes)}, not for the device flow.", $"Add {GrantTypes.DeviceCode} to the client's grant types, if it runs on a device."));

    public static readonly Topic Complete = new("The grant's parameters are there", [Errors.InvalidRequest, Errors.InvalidGrant], refusal => Needed(refusal) is not { } needed ? null
        : refusal.Has(needed) ? Verdict.Passed()
        : Verdict.Failed($"{needed} is missing.", needed == Parameters.Code ? "Send the code from the redirect; when the redirect carried error instead of code, look that up." : $"Send {needed} in the form."));

    public static readonly Topic Presented = new("The code or token still counts", [Errors.InvalidGrant, Errors.InvalidToken, Errors.ExpiredToken, Errors.AccessDenied, Errors.SlowDown], refusal => Needed(refusal) is null ? null : PresentedToken.Judge(refusal));

    public static readonly Topic SameRedirect = new("The redirect URI is that of the authorization request", [Errors.InvalidGrant, Errors.InvalidRequest], refusal => refusal[Parameters.GrantType] != GrantTypes.AuthorizationCode ? null
        : refusal.Says(Parameters.RedirectUri) ? refusal.Has(Parameters.RedirectUri)
            ? Verdict.Failed("redirect_uri is not the one that the code was sent to.", "Send the same string as in the authorization request (RFC 6749 §4.1.3); behind a proxy apps often compute http instead of https here.")
            : Verdict.Failed("redirect_uri is missing, but the authorization request had one.", "Send the same redirect_uri as in the authorization request.")
        : Verdict.Passed());

    public static readonly Topic Verifier = new("The code_verifier belongs to the code_challenge", [Errors.InvalidGrant, Errors.InvalidRequest], refusal => refusal[Parameters.GrantType] != GrantTypes.AuthorizationCode ? null
        : !refusal.Says(Parameters.CodeVerifier) ? refusal.Has(Parameters.CodeVerifier) ? Verdict.Passed() : null
        : !refusal.Has(Parameters.CodeVerifier) ? Verdict.Failed("code_verifier is missing, but the authorization request had a code_challenge.", "Send the code_verifier that the challenge was made from; keep it with the state until the user returns.")
        : refusal.Says("without a code_challenge") ? Verdict.Failed("A code_verifier came for a code whose request had no code_challenge.", "Send code_challenge in the authorization request; if the app did, somebody removed it on the way.")
        : !ProofKey.IsVerifier(refusal[Parameters.CodeVerifier]) ? Verdict.Failed($"code_verifier is not 43 to 128 unreserved characters (it has {refusal[Parameters.CodeVerifier]!.Length}).", "Make it of 32 random bytes in base64url (RFC 7636 §4.1).")
        : Verdict.Failed("code_verifier does not match the code_challenge.", "Send the verifier of the same attempt: two tabs must not share one, and it must not be hashed or encoded again."));

    public static readonly Topic Standing = new("The user and their sign-in still stand", [Errors.InvalidGrant], refusal =>
        refusal.Says("session has ended") ? Verdict.Failed("The user signed out, and without offline_access the tokens end with the session.", "Send the user to sign in again, or ask for offline_access if the app works while the user is away.")
        : refusal.Says("may not sign in") ? Verdict.Failed("The user is disabled.", "Enable the account under Users, if that is meant to be.")
        : refusal.Says("no longer exists") ? Verdict.Failed("The user has been removed.", "The app should forget this user.")
        : refusal.Says("too long ago") ? Verdict.Failed("The absolute end of the grant is reached.", "Send the user to sign in again; Protocol:RefreshTokenAbsoluteLifetime says how long a grant lives at most.")
        : null);

    /// <summary>The parameter without which the grant makes no sense.</summary>
    public static string? Needed(Refusal refusal) => refusal[Parameters.GrantType] switch
    {
        GrantTypes.AuthorizationCode => Parameters.Code,
        GrantTypes.RefreshToken => Parameters.RefreshToken,
        GrantTypes.DeviceCode => Parameters.DeviceCode,
        _ => null,
    };
}
