using OidcProvider.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>Whether what is asked for may be asked for (RFC 6749 §3.3).</summary>
internal static class ScopeTopics
{
    public static readonly Topic Registered = new("The scopes are registered for the client", [Errors.InvalidScope, Errors.InvalidRequest], refusal =>
    {
        if (refusal.Client is not { } client || refusal[Parameters.Scope] is not { Length: > 0 } scope)
        {
            return null;
        }

        var asked = scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var wrong = asked.FirstOrDefault(name => !client.Definition.Scopes().Contains(name));
        if (wrong is null)
        {
            return Verdict.Passed();
        }

        var shown = Redaction.Printable(wrong, 60);
        return wrong.Contains(',', StringComparison.Ordinal) || wrong.Contains('+', StringComparison.Ordinal) ? Verdict.Failed($"The scopes are not separated by spaces: '{shown}'.", "Separate scopes by one space, percent-encoded as %20.")
            : refusal.KnownScopes.FirstOrDefault(known => string.Equals(known, wrong, StringComparison.OrdinalIgnoreCase)) is { } meant && meant != wrong ? Verdict.Failed($"There is no scope '{shown}'; names are case-sensitive.", $"Ask for '{meant}'.")
            : refusal.KnownScopes.Contains(wrong) ? Verdict.Failed($"The scope '{shown}' exists but is not registered for this client.", $"Add '{shown}' to the client's scopes, or do not ask for it.")
            : Verdict.Failed($"There is no scope '{shown}' on this server.", $"Ask for one of: {string.Join(", ", client.Definition.Scopes().Take(12))}; or create the scope and add it to the client.");
    });

    public static readonly Topic Granted = new("The scopes were granted before", [Errors.InvalidScope], refusal => refusal[Parameters.GrantType] != GrantTypes.RefreshToken || !refusal.Has(Parameters.Scope) ? null
        : refusal.Says("was not granted") ? Verdict.Failed("The refresh asks for more than the user allowed.", "Leave scope out of the refresh, or send the user through the authorization endpoint again for the additional scopes (RFC 6749 §6).") : Verdict.Passed());

    public static readonly Topic AboutUsers = new("The scopes fit a client without a user", [Errors.InvalidScope], refusal => refusal[Parameters.GrantType] != GrantTypes.ClientCredentials ? null
        : refusal[Parameters.Scope]?.Split(' ').FirstOrDefault(name => StandardScopes.All.Any(standard => standard.Name == name)) is { } wrong ? Verdict.Failed($"The scope '{wrong}' is about a user, and client_credentials has none.", "Ask only for scopes of APIs; to act for a user use the code flow.")
        : Verdict.Passed());
}
