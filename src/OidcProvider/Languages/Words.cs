using System.Collections.Frozen;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Microsoft.AspNetCore.Html;

namespace OidcProvider.Languages;

/// <summary>
/// Every word that a user reads, in one language: <c>T["signin.title"]</c>, with named places as in <c>T["choose.continue_as", ("name", name)]</c>.
/// The texts are JSON files beside this one, one for each language. A key that is missing throws: nobody gets another language unnoticed.
/// </summary>
internal sealed partial class Words
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(Letters());
    private static readonly FrozenDictionary<Language, Words> Loaded = Language.All.ToFrozenDictionary(language => language, language => new Words(language, Read(language)));

    private readonly FrozenDictionary<string, string> _texts;

    private Words(Language language, FrozenDictionary<string, string> texts) => (Language, _texts) = (language, texts);

    public static Words Current => In(Language.Current);

    public Language Language { get; }

    public IEnumerable<string> Keys => _texts.Keys;

    public string this[string key] => _texts.TryGetValue(key, out var text) ? text : throw new KeyNotFoundException($"There are no words '{key}' in '{Language.Tag}'.");

    public string this[string key, params (string Name, object? Value)[] values] => Place().Replace(this[key], place => Text(Value(place, values)));

    public bool Has(string key) => _texts.ContainsKey(key);

    public static Words In(Language language) => Loaded[language];

    /// <summary>In a person's own language if it is spoken here, else in that of the request.</summary>
    public static Words For(string? locale) => In(Language.Find(locale) ?? Language.Current);

    /// <summary>The words for so many: <c>key.one</c> or <c>key.other</c>.</summary>
    public string Count(string key, int count, params (string Name, object? Value)[] values) =>
        this[$"{key}.{(Language.IsOne(count) ? "one" : "other")}", [("count", count), .. values]];

    /// <summary>For pages: what comes from people keeps its own reading direction, markup stays markup.</summary>
    public IHtmlContent Html(string key, params (string Name, object? Value)[] values) =>
        new HtmlString(Place().Replace(Encoder.Encode(this[key]), place => Value(place, values) switch
        {
            IHtmlContent content => content.ToString() ?? "",
            string text => $"<bdi>{Encoder.Encode(text)}</bdi>",
            var other => Encoder.Encode(Text(other)),
        }));

    public IHtmlContent Link(string key, string href) => new HtmlString($"<a href=\"{Encoder.Encode(href)}\">{Encoder.Encode(this[key])}</a>");

    public static IHtmlContent Code(string text) => new HtmlString($"<code>{Encoder.Encode(text)}</code>");

    public static IHtmlContent Strong(string text) => new HtmlString($"<strong><bdi>{Encoder.Encode(text)}</bdi></strong>");

    public string Day(DateTime utc) => utc.ToString(Language.Day, Language.Culture);

    /// <summary>A moment in UTC, which is said, since the server does not know where its users live.</summary>
    public string Moment(DateTime utc) => $"{Day(utc)} {utc.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC";

    /// <summary>What stands in pages as it is: letters of all scripts, but not the characters that turn the reading direction round (Unicode UAX 9).</summary>
    public static TextEncoderSettings Letters()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.All);
        settings.ForbidCharacters('\u061C', '\u200E', '\u200F', '\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069');
        return settings;
    }

    private static object? Value(Match place, (string Name, object? Value)[] values) =>
        Array.Find(values, value => value.Name == place.Groups[1].Value) is { Name: not null } found ? found.Value : throw new ArgumentException($"Nothing was given for {place.Value}.");

    private string Text(object? value) => Convert.ToString(value, Language.Culture) ?? "";

    private static FrozenDictionary<string, string> Read(Language language)
    {
        using var stream = typeof(Words).Assembly.GetManifestResourceStream($"words.{language.Tag}.json") ?? throw new InvalidOperationException($"The words of '{language.Tag}' are not in the assembly.");
        using var document = JsonDocument.Parse(stream);
        return Flatten("", document.RootElement).ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static IEnumerable<KeyValuePair<string, string>> Flatten(string path, JsonElement element) =>
        element.ValueKind is JsonValueKind.Object
            ? element.EnumerateObject().SelectMany(member => Flatten(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value))
            : [new(path, element.GetString()!)];

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Place();
}
