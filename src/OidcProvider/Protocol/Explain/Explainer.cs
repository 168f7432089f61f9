using OidcProvider.Audit;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>
/// Why a request was refused: request × registered client × refusal → the checks in the order of the endpoint, the one that failed and its fix. Pure.
/// The checks are asked again, of the same facts; what only the server's state could tell (a used code, an expired token) is read from the refusal.
/// </summary>
internal static class Explainer
{
    private static readonly Topic[] Asking = [ClientTopics.Named, ClientTopics.Known, ClientTopics.Enabled];
    private static readonly Topic[] Proving = [.. Asking, ClientTopics.Method, ClientTopics.Secret];

    private static readonly Topic[] Authorization =
    [
        AuthorizationTopics.RequestObject, AuthorizationTopics.PushedFirst, RedirectTopic.Registered, AuthorizationTopics.ResponseType, AuthorizationTopics.ResponseMode,
        ScopeTopics.Registered, AuthorizationTopics.Challenge, AuthorizationTopics.Prompt,
    ];

    private static readonly Dictionary<string, Topic[]> Endpoints = new(StringComparer.Ordinal)
    {
        ["authorize"] = [.. Asking, .. Authorization, AuthorizationTopics.User],
        ["par"] = [.. Proving, .. Authorization],
        ["token"] = [.. Proving, GrantTopics.Known, GrantTopics.Registered, GrantTopics.Complete, GrantTopics.Presented, GrantTopics.SameRedirect, GrantTopics.Verifier, ScopeTopics.Registered, ScopeTopics.Granted, ScopeTopics.AboutUsers, GrantTopics.Standing],
        ["device"] = [.. Proving, GrantTopics.DeviceFlow, ScopeTopics.Registered],
        ["introspect"] = [.. Proving, TokenTopics.Named, TokenTopics.Entitled],
        ["revoke"] = [.. Proving, TokenTopics.Named, TokenTopics.Owned],
        ["userinfo"] = [TokenTopics.Bearer, TokenTopics.Standing, TokenTopics.OpenIdScope],
        ["logout"] = [.. Asking, LogoutTopics.Hint, RedirectTopic.AfterLogout],
    };

    public static Explanation Explain(Refusal refusal)
    {
        List<ExplainedCheck> checks = [];
        Verdict? reason = null;
        var topics = Endpoints.GetValueOrDefault(refusal.Endpoint) ?? [];
        foreach (var topic in topics.Prepend(ShapeTopic.WellFormed))
        {
            if (reason is not null)
            {
                checks.Add(new(topic.Name, ExplainedCheck.NotReached));
            }
            else if (topic.Judge(refusal) is { } verdict)
            {
                var decisive = verdict.IsFailure && (topic.Errors.Count == 0 || topic.Errors.Contains(refusal.Error));
                reason = decisive ? verdict : null;
                checks.Add(new(topic.Name, decisive ? ExplainedCheck.Failed : verdict.IsFailure ? ExplainedCheck.Noted : ExplainedCheck.Passed, verdict.Detail));
            }
        }

        if (reason is null)
        {
            reason = Otherwise(refusal);
            checks.Add(new("Everything else", ExplainedCheck.Failed, reason.Detail));
        }

        return new Explanation
        {
            Method = refusal.Method, ClientAuthentication = refusal.Authentication, Parameters = Redaction.Of(refusal.Parameters), ErrorDescription = refusal.Description,
            Checks = checks, Cause = reason.Detail!, Fix = reason.Fix!,
        };
    }

    private static Verdict Otherwise(Refusal refusal) => Verdict.Failed(
        refusal.Description ?? $"The request was refused with {refusal.Error}.",
        refusal.Error is Errors.ServerError or Errors.TemporarilyUnavailable ? "Look for this id in the server's log; the fault is on this side." : "Compare the request with the client's registration and with the words above.");
}
