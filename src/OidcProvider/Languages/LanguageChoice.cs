using Microsoft.Net.Http.Headers;

namespace OidcProvider.Languages;

/// <summary>
/// Which language a request is answered in: what the app asked for (<c>ui_locales</c>, OpenID Connect Core 1.0 §3.1.2.1), else what the user
/// chose in the menu, else in their account, else what the browser prefers (RFC 9110 §12.5.4). Who uses the menu while an app asks for something else has declined that.
/// </summary>
/// <param name="UiLocales">As it stands in this request.</param>
/// <param name="Flow">What an app asked for on the way here; with <see cref="Declined"/> before it, once the user chose otherwise.</param>
/// <param name="Menu">The language chosen in the menu.</param>
/// <param name="Account">The locale of the account, once it is known who asks.</param>
/// <param name="AcceptLanguage">The header.</param>
internal sealed record LanguageChoice(string? UiLocales, string? Flow, string? Menu, string? Account, IReadOnlyList<string?> AcceptLanguage)
{
    public const char Declined = '!';

    public Language Decide() =>
        (UiLocales is { Length: > 0 } asked && Flow != Declined + asked ? Language.Choose(Split(asked)) : null)
        ?? (Flow is { Length: > 0 } flow && flow[0] != Declined ? Language.Choose(Split(flow)) : null)
        ?? Language.Find(Menu)
        ?? Language.Find(Account)
        ?? Language.Choose(Preferred())
        ?? Language.English;

    private static IEnumerable<string> Split(string tags) => tags.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(10);

    private IEnumerable<string?> Preferred() =>
        StringWithQualityHeaderValue.TryParseList([.. AcceptLanguage.OfType<string>()], out var wanted)
            ? wanted.Take(20).Where(entry => entry.Quality != 0).OrderByDescending(entry => entry.Quality ?? 1).Select(entry => entry.Value.Value)
            : [];
}
