namespace OidcProvider.Protocol.Explain;

/// <summary>What holds for every endpoint before the protocol is looked at; see <see cref="RequestShape"/>.</summary>
internal static class ShapeTopic
{
    public static readonly Topic WellFormed = new("The request is well formed", [], refusal => refusal.Malformed ? Verdict.Failed(refusal.Description!, Fix(refusal)) : Verdict.Passed());

    private static string Fix(Refusal refusal) =>
        refusal.Says("POST requests") ? $"Send POST instead of {refusal.Method}."
        : refusal.Says("x-www-form-urlencoded") ? "Send the parameters as a form: Content-Type: application/x-www-form-urlencoded, not as JSON."
        : refusal.Says("in the query") ? "Move the parameters from the URL into the form in the body; URLs end up in logs."
        : refusal.Says("more than once") ? "Send each parameter once (RFC 6749 §3.1); look for code that adds it to an address that already has it."
        : refusal.Says("too long") || refusal.Says("too large") ? "Send less; push large authorization requests to /connect/par first."
        : "Send the parameters in UTF-8, percent-encoded once.";
}
