using OidcProvider.Protocol.Handlers;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>What is special to authorization requests (RFC 6749 §4.1.1, RFC 7636, RFC 9126, OpenID Connect Core 1.0 §3.1.2.1).</summary>
internal static class AuthorizationTopics
{
    private static readonly string[] Modes = [ResponseModes.Query, ResponseModes.Fragment, ResponseModes.FormPost];

    public static readonly Topic RequestObject = new("The pushed request is there", [Errors.InvalidRequest, Errors.InvalidRequestUri, Errors.InvalidRequestObject, Errors.RequestNotSupported, Errors.RequestUriNotSupported, Errors.InvalidToken], refusal =>
        refusal.Has(Parameters.Request) ? Verdict.Failed("The request carries a request object (parameter request), which this server does not take.", "Send the parameters themselves, or push them to /connect/par.")
        : !refusal.Has(Parameters.RequestUri) ? null
        : !refusal[Parameters.RequestUri]!.StartsWith("urn:ietf:params:oauth:request_uri:", StringComparison.Ordinal) ? Verdict.Failed("request_uri is not one that this server handed out.", "Push the request to /connect/par and use the request_uri of its answer.")
        : refusal.Error is Errors.InvalidRequest or Errors.InvalidRequestUri or Errors.InvalidToken ? Verdict.Failed("The pushed request is unknown, has expired, was used already, or belongs to another client.", "Push the request again and send the user on at once: a request_uri works once, for its client, for a minute and a half.")
        : Verdict.Passed());

    public static readonly Topic PushedFirst = new("The request was pushed if it must be", [Errors.InvalidRequest], refusal => refusal.Client?.Definition.RequirePushedAuthorizationRequests != true || refusal.Endpoint == "par" ? null
        : refusal.Has(Parameters.RequestUri) ? Verdict.Passed()
        : Verdict.Failed("The client is registered to push its requests (require_pushed_authorization_requests) and did not.", "Post the parameters to /connect/par first and send client_id and request_uri only."));

    public static readonly Topic ResponseType = new("The response type is offered", [Errors.InvalidRequest, Errors.UnsupportedResponseType, Errors.UnauthorizedClient], refusal => refusal.Has(Parameters.RequestUri) ? null
        : !refusal.Has(Parameters.ResponseType) ? Verdict.Failed("response_type is missing.", "Add response_type=code.")
        : refusal[Parameters.ResponseType] != ResponseTypes.Code ? Verdict.Failed($"response_type '{Shown(refusal, Parameters.ResponseType)}' is not offered; OAuth 2.1 knows only code.", "Use the code flow with PKCE: response_type=code.")
        : refusal.Client is { } client && !client.Definition.HasGrant(GrantTypes.AuthorizationCode) ? Verdict.Failed("The client is not registered for the grant authorization_code.", "Add authorization_code to its grant types, if users sign in through it.")
        : Verdict.Passed());

    public static readonly Topic ResponseMode = new("The response mode is offered", [Errors.InvalidRequest], refusal => !refusal.Has(Parameters.ResponseMode) ? null
        : Modes.Contains(refusal[Parameters.ResponseMode]) ? Verdict.Passed()
        : Verdict.Failed($"response_mode '{Shown(refusal, Parameters.ResponseMode)}' is not offered.", $"Leave it out, or use one of {string.Join(", ", Modes)}."));

    public static readonly Topic Challenge = new("The proof key is there and well made", [Errors.InvalidRequest], refusal =>
    {
        if (refusal.Has(Parameters.RequestUri))
        {
            return null;
        }

        var (challenge, method) = (refusal[Parameters.CodeChallenge], refusal[Parameters.CodeChallengeMethod]);
        if (string.IsNullOrEmpty(challenge))
        {
            return refusal.Client?.Definition.RequirePkce == true || !string.IsNullOrEmpty(method)
                ? Verdict.Failed("code_challenge is missing and the client must use PKCE.", "Make a random code_verifier, send code_challenge = BASE64URL(SHA256(code_verifier)) and code_challenge_method=S256; every current library can.")
                : null;
        }

        return method == CodeChallengeMethods.Plain ? Verdict.Failed("code_challenge_method is plain; only S256 is accepted.", "Hash the code_verifier: code_challenge_method=S256.")
            : string.IsNullOrEmpty(method) ? Verdict.Failed("code_challenge_method is missing, which means plain (RFC 7636 §4.3); only S256 is accepted.", "Add code_challenge_method=S256.")
            : method != CodeChallengeMethods.Sha256 ? Verdict.Failed($"code_challenge_method '{Shown(refusal, Parameters.CodeChallengeMethod)}' is unknown; only S256 is accepted.", "Send code_challenge_method=S256 (capital S).")
            : challenge.EndsWith('=') || challenge.Contains('+', StringComparison.Ordinal) || challenge.Contains('/', StringComparison.Ordinal) ? Verdict.Failed("code_challenge is in plain base64.", "Encode the hash in base64url without padding: '-' and '_' in place of '+' and '/', no '='.")
            : !ProofKey.IsChallenge(challenge) ? Verdict.Failed($"code_challenge has {challenge.Length} characters; a SHA-256 hash in base64url has {ProofKey.ChallengeLength}.", "Send BASE64URL(SHA256(code_verifier)) over the raw 32 bytes of the hash, not over its hexadecimal text.")
            : Verdict.Passed("S256");
    });

    public static readonly Topic Prompt = new("The prompts fit together", [Errors.InvalidRequest], refusal => refusal[Parameters.Prompt]?.Split(' ') is not { } prompts ? null
        : prompts.Contains(PromptValues.None) && prompts.Length > 1 ? Verdict.Failed("prompt=none is combined with another prompt.", "Send none alone: it asks not to show anything.")
        : Verdict.Passed());

    public static readonly Topic User = new("The user may be sent back with a code", [Errors.LoginRequired, Errors.ConsentRequired, Errors.InteractionRequired, Errors.AccountSelectionRequired, Errors.AccessDenied], refusal => refusal.Error switch
    {
        Errors.LoginRequired => Verdict.Failed("prompt=none, but the user is not signed in here, not recently enough, or is another one than id_token_hint says.", "Repeat the request without prompt=none; in a hidden frame check that the browser sends third-party cookies."),
        Errors.ConsentRequired => Verdict.Failed("prompt=none, but the user has not consented to every scope of this request.", "Repeat the request without prompt=none, or register the client with consent implicit if it is your own."),
        Errors.InteractionRequired or Errors.AccountSelectionRequired => Verdict.Failed("prompt=none, but the user must do something first (a second factor, choosing an account).", "Repeat the request without prompt=none."),
        Errors.AccessDenied => Verdict.Failed("The user pressed Deny.", "Nothing is broken; tell the user what the app needs the access for, then let them try again."),
        _ => null,
    });

    private static string Shown(Refusal refusal, string name) => Redaction.Printable(refusal[name] ?? "", 60);
}
