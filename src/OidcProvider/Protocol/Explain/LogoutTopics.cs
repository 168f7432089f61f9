using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>Sign-out that a client asks for (OpenID Connect RP-Initiated Logout 1.0 §2).</summary>
internal static class LogoutTopics
{
    public static readonly Topic Hint = new("The id_token_hint is usable", [Errors.InvalidToken, Errors.InvalidRequest], refusal => !refusal.Has(Parameters.IdTokenHint) ? null
        : refusal.Says("identity token hint") || refusal.Says("presenter") ? Verdict.Failed("The id_token_hint was issued to another client than client_id says.", "Send the ID token of this client, or leave client_id out.")
        : refusal.Error == Errors.InvalidToken || (refusal.Says("token") && !refusal.Says(Parameters.PostLogoutRedirectUri)) ? Verdict.Failed("The id_token_hint is not an ID token of this server.", "Send the id_token of the last sign-in as it was received; an expired one is fine.")
        : Verdict.Passed());
}
