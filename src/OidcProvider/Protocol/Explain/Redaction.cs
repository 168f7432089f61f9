using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>
/// What of a request may be kept. Pure. Only parameters known to hold nothing secret are shown; of all others, names that nobody has thought of
/// included, no more than their length.
/// </summary>
internal static class Redaction
{
    private const int MostParameters = 40, LongestName = 60, LongestValue = 400;

    private static readonly HashSet<string> Open = new(StringComparer.Ordinal)
    {
        Parameters.AcrValues, Parameters.Audience, Parameters.Claims, Parameters.ClientAssertionType, Parameters.ClientId, Parameters.CodeChallenge, Parameters.CodeChallengeMethod,
        Parameters.Display, Parameters.GrantType, Parameters.MaxAge, Parameters.PostLogoutRedirectUri, Parameters.Prompt, Parameters.RedirectUri, Parameters.RequestedTokenType, Parameters.Resource,
        Parameters.ResponseMode, Parameters.ResponseType, Parameters.Scope, Parameters.SubjectTokenType, Parameters.ActorTokenType, Parameters.TokenTypeHint, Parameters.UiLocales,
    };

    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string> parameters) =>
        parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).Take(MostParameters)
            .Select(pair => (Name: Printable(pair.Key, LongestName), Value: Open.Contains(pair.Key) ? Printable(pair.Value, LongestValue) : $"[redacted, {pair.Value.Length} characters]"))
            .DistinctBy(pair => pair.Name, StringComparer.Ordinal).ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Without control characters and not longer than it may be.</summary>
    public static string Printable(string text, int length)
    {
        var clean = new string([.. text.Take(length).Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '·' : character)]);
        return text.Length > length ? $"{clean}…" : clean;
    }
}
