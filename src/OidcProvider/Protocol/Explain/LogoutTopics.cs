using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>Sign-out that a client asks for (OpenID Connect RP-Initiated Logout 1.0 §2).</summary>
internal static class LogoutTopics
{
    // A hint that is no ID token of this server is ignored: whoever wants to sign out does. Only one that contradicts client_id is refused.
    public static readonly Topic Hint = new("The id_token_hint belongs to the client", [Errors.InvalidToken, Errors.InvalidRequest], refusal => !refusal.Has(Parameters.IdTokenHint) ? null
        : refusal.Says("identity token hint") || refusal.Says("presenter") ? Verdict.Failed("The id_token_hint was issued to another client than client_id says.", "Send the ID token of this client, or leave client_id out.")
        : Verdict.Passed());
}
