using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>Endpoints that look at a token: userinfo (OpenID Connect Core 1.0 §5.3), introspection (RFC 7662), revocation (RFC 7009).</summary>
internal static class TokenTopics
{
    public static readonly Topic Named = new("The request carries a token", [Errors.InvalidRequest], refusal => refusal.Has(Parameters.Token) ? Verdict.Passed() : Verdict.Failed("token is missing.", "Send the token in the form, as token."));

    public static readonly Topic Entitled = new("The client may ask about tokens", [Errors.UnauthorizedClient, Errors.InvalidClient, Errors.InvalidRequest, Errors.AccessDenied, Errors.InvalidToken], refusal => refusal.Client is not { } client ? null
        : client.Definition.IsPublic() ? Verdict.Failed("A public client asks about a token; only clients that prove who they are may.", "Introspect from a service with a secret.")
        : refusal.Says("not allowed") ? Verdict.Failed("The client may not see this token: it is neither its audience nor its owner.", "Let the API introspect that the token is for (the resources of its scopes name its client_id).")
        : Verdict.Passed());

    public static readonly Topic Owned = new("The token is the client's own", [Errors.InvalidToken, Errors.InvalidRequest, Errors.AccessDenied, Errors.UnsupportedTokenType, Errors.UnauthorizedClient], refusal =>
        refusal.Says("another client") || refusal.Says("not allowed to revoke") || refusal.Says("presenter") ? Verdict.Failed("The token was issued to another client.", "Revoke it with the client_id that it was issued to.")
        : refusal.Says("not suitable") || refusal.Error == Errors.UnsupportedTokenType ? Verdict.Failed("Tokens of this kind cannot be revoked.", "Revoke the refresh token or the access token.")
        : Verdict.Passed());

    public static readonly Topic Bearer = new("The request carries an access token", [Errors.MissingToken, Errors.InvalidToken, Errors.InvalidRequest], refusal =>
        refusal.Error == Errors.MissingToken || !refusal.Has(Parameters.AccessToken) ? Verdict.Failed("The request carries no access token.", "Send it in the header: Authorization: Bearer …")
        : refusal[Parameters.AccessToken]!.Count(character => character == '.') != 2 && refusal.Error == Errors.InvalidToken ? Verdict.Failed("What was sent as access token is none of this server's: not a JWT.", "Send the access_token of the token answer, not the refresh token or the code.")
        : Verdict.Passed());

    public static readonly Topic Standing = new("The access token still counts", [Errors.InvalidToken, Errors.ExpiredToken], refusal => refusal.Error is not (Errors.InvalidToken or Errors.ExpiredToken) ? Verdict.Passed()
        : refusal.Says("revoked") ? Verdict.Failed("The access token has been revoked.", "Send the user to sign in again; the audit trail of the client says who revoked it.")
        : refusal.Says("not registered any more") ? Verdict.Failed("The client that the token was issued to has been removed or disabled.", "Register or enable the client, then get a new token.")
        : refusal.Says("may not sign in") || refusal.Says("no longer exists") ? Verdict.Failed("The user is disabled or has been removed.", "Enable the account under Users, if that is meant to be.")
        : refusal.Says("no longer valid") || refusal.Says("expired") ? Verdict.Failed("The access token has expired.", "Get a new one with the refresh token shortly before expires_in is over.")
        : refusal.Says("signing key") || refusal.Says("signature") || refusal.Says("issuer") ? Verdict.Failed("The token was signed by another server, or its key has been revoked.", "Check that token and userinfo come from the same issuer.")
        : refusal.Says("not an access token") || refusal.Says("expected type") || refusal.Says("names no user") ? Verdict.Failed("The token is not an access token of a user (an ID token, or a service's own).", "Send the access_token of a user's sign-in with the scope openid.")
        : Verdict.Failed($"The access token does not count: {refusal.Description}", "Get a new one; if it comes back, compare issuer and environment."));

    public static readonly Topic OpenIdScope = new("The access token was issued for openid", [Errors.InsufficientScope], refusal => refusal.Error == Errors.InsufficientScope
        ? Verdict.Failed("The access token was not issued for the scope openid.", "Ask for the scope openid in the authorization request.") : Verdict.Passed());
}
