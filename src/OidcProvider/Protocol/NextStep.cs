using OidcProvider.Sessions;

namespace OidcProvider.Protocol;

/// <summary>What the user said on a page of the authorization endpoint.</summary>
internal enum Decision
{
    None,
    Allow,
    Deny,
    ContinueAccount,
    SwitchAccount,
}

/// <summary>What the decision about an authorization request depends on, and nothing else.</summary>
internal sealed record NextStepInput
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>Values of <c>prompt</c> (OpenID Connect Core 1.0 §3.1.2.1).</summary>
    public IReadOnlySet<string> Prompts { get; init; } = new HashSet<string>();

    /// <summary><c>max_age</c>, or the client's <c>default_max_age</c>, in seconds.</summary>
    public long? MaxAge { get; init; }

    /// <summary>The signed-in user, and when they last proved who they are.</summary>
    public string? Subject { get; init; }

    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>What the session is worth, and what the request asks for (<c>acr_values</c>).</summary>
    public string? Acr { get; init; }

    public IReadOnlyCollection<string> AcrValues { get; init; } = [];

    /// <summary>The user has a second factor to show, whether or not this sign-in asked for it.</summary>
    public bool HasSecondFactor { get; init; }

    /// <summary>The subject of a valid <c>id_token_hint</c>.</summary>
    public string? HintedSubject { get; init; }

    /// <summary>When this very request last sent the user to sign in; proven, not taken from the user.</summary>
    public DateTimeOffset? SentToLoginAt { get; init; }

    /// <summary>The client is ours: nobody is asked for consent.</summary>
    public bool ImplicitConsent { get; init; }

    public IReadOnlySet<string> RequestedScopes { get; init; } = new HashSet<string>();

    public IReadOnlySet<string> ConsentedScopes { get; init; } = new HashSet<string>();

    public Decision Decision { get; init; }
}

/// <summary>Where an authorization request goes next.</summary>
internal abstract record Step
{
    private Step()
    {
    }

    public sealed record Login : Step;

    /// <summary>Signed in, but the request asks for a second factor.</summary>
    public sealed record StepUp : Step;

    public sealed record SelectAccount : Step;

    public sealed record Consent : Step;

    public sealed record Issue : Step;

    public sealed record Error(string Code, string Description) : Step;
}

/// <summary>
/// The one place that decides how an authorization request goes on (OpenID Connect Core 1.0 §3.1.2.1, §3.1.2.3, §3.1.2.4).
/// Pages lead back to it and never to one another.
/// </summary>
internal static class NextStep
{
    public static Step Decide(NextStepInput input)
    {
        var silent = input.Prompts.Contains("none");
        if (input.Decision is Decision.Deny)
        {
            return new Step.Error("access_denied", "The user denied the request.");
        }

        if (NeedsLogin(input))
        {
            return silent ? new Step.Error("login_required", "The user must sign in.") : new Step.Login();
        }

        // acr_values is a wish (§5.5.1.1): who signed in for this and has no second factor goes on with the acr they have. Who has one shows
        // it, also in a browser that is trusted to skip it.
        if (!AuthenticationContext.Meets(input.Acr, input.AcrValues) && (input.HasSecondFactor || !SignedInForThis(input)))
        {
            return silent ? new Step.Error("interaction_required", "The user must show a second factor.") : new Step.StepUp();
        }

        if (input.Prompts.Contains("select_account") && input.Decision is Decision.None && !SignedInForThis(input))
        {
            return new Step.SelectAccount();
        }

        if (NeedsConsent(input))
        {
            return silent ? new Step.Error("consent_required", "The user must consent.") : new Step.Consent();
        }

        return new Step.Issue();
    }

    private static bool NeedsLogin(NextStepInput input)
    {
        if (input.Subject is null || input.AuthenticatedAt is not { } authenticatedAt || input.Decision is Decision.SwitchAccount)
        {
            return true;
        }

        // §3.1.2.1: a hint for somebody else is not answered with this user.
        if (input.HintedSubject is { } hinted && hinted != input.Subject)
        {
            return true;
        }

        // Whatever demanded a fresh sign-in has been met, max_age=0 included.
        if (SignedInForThis(input))
        {
            return false;
        }

        return input.Prompts.Contains("login")
            || (input.MaxAge is { } maxAge && (input.Now - authenticatedAt).TotalSeconds > maxAge)
            || input.MaxAge == 0;
    }

    // Signed in since this request asked for it: who did so has also said which account it is.
    private static bool SignedInForThis(NextStepInput input) => input.SentToLoginAt is { } sent && input.AuthenticatedAt >= sent;

    private static bool NeedsConsent(NextStepInput input)
    {
        if (input.Decision is Decision.Allow)
        {
            return false;
        }

        return input.Prompts.Contains("consent") || (!input.ImplicitConsent && !input.RequestedScopes.IsSubsetOf(input.ConsentedScopes));
    }
}
