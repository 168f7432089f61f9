using System.Globalization;

namespace OidcProvider.Languages;

/// <summary>A language that pages and mails are written in.</summary>
/// <param name="Tag">BCP 47.</param>
/// <param name="Name">In the language itself, for the menu.</param>
/// <param name="Day">How a day is written.</param>
/// <param name="IsOne">Which counts take the singular (CLDR plural rules).</param>
internal sealed record Language(string Tag, string Name, string Day, Func<int, bool> IsOne)
{
    public static readonly Language English = new("en", "English", "d MMM yyyy", count => count == 1);

    /// <summary>In the order of the menu.</summary>
    public static readonly IReadOnlyList<Language> All =
    [
        English,
        new("de", "Deutsch", "d. MMM yyyy", count => count == 1),
        new("fr", "Français", "d MMM yyyy", count => count is 0 or 1),
        new("es", "Español", "d MMM yyyy", count => count == 1),
        new("zh-Hans", "简体中文", "yyyy年M月d日", _ => false),
    ];

    public CultureInfo Culture { get; } = CultureInfo.GetCultureInfo(Tag);

    public string Direction => Culture.TextInfo.IsRightToLeft ? "rtl" : "ltr";

    /// <summary>
    /// The language for a tag, by dropping subtags from its end (RFC 4647 §3.4). Chinese is found by its script, which a region implies:
    /// who reads the traditional one is not given the simplified one in its place.
    /// </summary>
    public static Language? Find(string? tag)
    {
        for (var rest = Plain(tag); rest.Length > 0; rest = rest[..Math.Max(rest.LastIndexOf('-'), 0)])
        {
            if (All.FirstOrDefault(language => language.Tag.Equals(rest, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The first of the tags that is spoken here, most wanted first.</summary>
    public static Language? Choose(IEnumerable<string?> tags) => tags.Select(Find).FirstOrDefault(found => found is not null);

    /// <summary>What runs here and now is written in; English where nothing was chosen, as on the command line.</summary>
    public static Language Current => Find(CultureInfo.CurrentUICulture.Name) ?? English;

    private static string Plain(string? tag)
    {
        var parts = tag is { Length: <= 35 } ? tag.Trim().Replace('_', '-').ToUpperInvariant().Split('-') : [""];
        return parts[0] != "ZH" ? string.Join('-', parts)
            : parts.Contains("HANS") ? "ZH-HANS"
            : parts.Intersect(["HANT", "TW", "HK", "MO"]).Any() ? ""
            : "ZH-HANS";
    }
}
