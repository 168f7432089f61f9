using OidcProvider.Protocol;

namespace OidcProvider.Tests.Protocol;

/// <summary>The truth table of the one decision (OpenID Connect Core 1.0 §3.1.2.1, §3.1.2.3).</summary>
public class NextStepTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static NextStepInput SignedIn => new()
    {
        Now = Now, Subject = "alice", AuthenticatedAt = Now.AddMinutes(-10),
        RequestedScopes = new HashSet<string> { "openid" }, ConsentedScopes = new HashSet<string> { "openid", "email" },
    };

    private static HashSet<string> Prompt(params string[] values) => [.. values];

    [Test]
    public void A_signed_in_user_who_consented_before_is_answered_at_once() =>
        Assert.That(NextStep.Decide(SignedIn), Is.InstanceOf<Step.Issue>());

    [Test]
    public void A_stranger_signs_in() => Assert.That(NextStep.Decide(SignedIn with { Subject = null, AuthenticatedAt = null }), Is.InstanceOf<Step.Login>());

    [TestCase("login_required", true), TestCase("consent_required", false)]
    public void Prompt_none_is_an_error_where_a_page_would_be(string error, bool stranger)
    {
        var input = SignedIn with { Prompts = Prompt("none"), ConsentedScopes = new HashSet<string>() };
        Assert.That(NextStep.Decide(stranger ? input with { Subject = null } : input), Is.InstanceOf<Step.Error>().With.Property("Code").EqualTo(error));
    }

    [Test]
    public void Prompt_login_is_met_by_a_sign_in_that_this_request_caused_and_by_no_other()
    {
        var input = SignedIn with { Prompts = Prompt("login") };
        Assert.That(NextStep.Decide(input), Is.InstanceOf<Step.Login>());
        Assert.That(NextStep.Decide(input with { SentToLoginAt = Now.AddMinutes(-5) }), Is.InstanceOf<Step.Login>(), "sent, but did not sign in since");
        Assert.That(NextStep.Decide(input with { SentToLoginAt = Now.AddMinutes(-11) }), Is.InstanceOf<Step.Issue>());
    }

    [TestCase(599, true), TestCase(601, false), TestCase(0, true)]
    public void Max_age_counts_from_the_sign_in(long maxAge, bool again) =>
        Assert.That(NextStep.Decide(SignedIn with { MaxAge = maxAge }), again ? Is.InstanceOf<Step.Login>() : Is.InstanceOf<Step.Issue>());

    [Test]
    public void A_second_factor_that_is_there_is_shown_and_one_that_is_not_is_not_asked_for_twice()
    {
        var input = SignedIn with { Acr = "aal1", AcrValues = ["aal2"] };
        Assert.That(NextStep.Decide(input), Is.InstanceOf<Step.StepUp>());
        Assert.That(NextStep.Decide(input with { SentToLoginAt = Now.AddMinutes(-11) }), Is.InstanceOf<Step.Issue>(), "signed in for this, and has none");
        Assert.That(NextStep.Decide(input with { SentToLoginAt = Now.AddMinutes(-11), HasSecondFactor = true }), Is.InstanceOf<Step.StepUp>(), "a trusted browser skipped it");
        Assert.That(NextStep.Decide(input with { HasSecondFactor = true, Acr = "aal2" }), Is.InstanceOf<Step.Issue>());
        Assert.That(NextStep.Decide(input with { HasSecondFactor = true, AcrValues = ["something-else"] }), Is.InstanceOf<Step.Issue>(), "what nobody here knows asks for nothing");
        Assert.That(NextStep.Decide(input with { Prompts = Prompt("none") }), Is.InstanceOf<Step.Error>().With.Property("Code").EqualTo("interaction_required"));
    }

    [Test]
    public void A_hint_for_somebody_else_asks_for_a_sign_in()
    {
        Assert.That(NextStep.Decide(SignedIn with { HintedSubject = "bob" }), Is.InstanceOf<Step.Login>());
        Assert.That(NextStep.Decide(SignedIn with { HintedSubject = "alice" }), Is.InstanceOf<Step.Issue>());
    }

    [Test]
    public void The_account_is_chosen_once_and_may_be_changed()
    {
        var input = SignedIn with { Prompts = Prompt("select_account") };
        Assert.That(NextStep.Decide(input), Is.InstanceOf<Step.SelectAccount>());
        Assert.That(NextStep.Decide(input with { Decision = Decision.ContinueAccount }), Is.InstanceOf<Step.Issue>());
        Assert.That(NextStep.Decide(input with { Decision = Decision.SwitchAccount }), Is.InstanceOf<Step.Login>());
        Assert.That(NextStep.Decide(input with { SentToLoginAt = Now.AddMinutes(-11) }), Is.InstanceOf<Step.Issue>(), "who just signed in has chosen");
        Assert.That(NextStep.Decide(input with { SentToLoginAt = Now.AddMinutes(-5) }), Is.InstanceOf<Step.SelectAccount>(), "sent, but did not sign in since");
    }

    [Test]
    public void Consent_is_asked_for_what_is_new_or_when_the_client_wants_it()
    {
        var more = SignedIn with { RequestedScopes = new HashSet<string> { "openid", "phone" } };
        Assert.That(NextStep.Decide(more), Is.InstanceOf<Step.Consent>());
        Assert.That(NextStep.Decide(more with { ImplicitConsent = true }), Is.InstanceOf<Step.Issue>());
        Assert.That(NextStep.Decide(more with { Decision = Decision.Allow }), Is.InstanceOf<Step.Issue>());
        Assert.That(NextStep.Decide(more with { Decision = Decision.Deny }), Is.InstanceOf<Step.Error>().With.Property("Code").EqualTo("access_denied"));
        Assert.That(NextStep.Decide(SignedIn with { Prompts = Prompt("consent"), ImplicitConsent = true }), Is.InstanceOf<Step.Consent>());
    }

    [Test]
    public void Allowing_does_not_replace_a_sign_in() =>
        Assert.That(NextStep.Decide(SignedIn with { Subject = null, Decision = Decision.Allow }), Is.InstanceOf<Step.Login>());
}
