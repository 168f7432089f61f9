using System.Text.RegularExpressions;
using OidcProvider.Languages;

namespace OidcProvider.Tests.Conventions;

/// <summary>What users read is in the words files, in every language, and nothing else is.</summary>
public partial class WordsTests
{
    private static readonly string Server = Path.Combine(Repository.Root, "src", "OidcProvider");
    private static readonly string[] ForUsers = ["SignIn", "Account", "Protocol", "Logout", "Hosting", "Shared"];

    // Names of products, and what is no word.
    private static readonly string[] NoWords = ["OidcProvider"];

    private static IEnumerable<string> Others => Language.All.Where(language => language != Language.English).Select(language => language.Tag);

    private static Words In(string tag) => Words.In(Language.Find(tag)!);

    [TestCaseSource(nameof(Others))]
    public void A_language_has_every_text_with_the_same_places(string tag)
    {
        var english = Words.In(Language.English);
        var other = In(tag);
        Assert.That(other.Keys, Is.EquivalentTo(english.Keys));
        Assert.Multiple(() =>
        {
            foreach (var key in english.Keys)
            {
                Assert.That(Places(other[key]), Is.EquivalentTo(Places(english[key])), $"{tag} {key}");
            }
        });
    }

    [TestCaseSource(nameof(Others))]
    public void A_text_is_translated(string tag)
    {
        // Words that a language shares with English, or that are names.
        string[] same = ["page.title", "page.title_error", "form.error", "error.code", "form.continue", "passkey.default_name", "account.nav.passkeys", "account.nav.sessions", "passkeys.name", "consent.website", "account.nav.email"];
        var english = Words.In(Language.English);
        Assert.That(In(tag).Keys.Where(key => In(tag)[key] == english[key] && Letters().IsMatch(Place().Replace(english[key], ""))).Except(same), Is.Empty);
    }

    [Test]
    public void Chinese_is_punctuated_as_Chinese()
    {
        var chinese = In("zh-Hans");
        Assert.That(chinese.Keys.Where(key => HalfWidth().IsMatch(chinese[key])).Select(key => $"{key}: {chinese[key]}"), Is.Empty);
    }

    [Test]
    public void No_text_is_unused_and_none_that_is_used_is_missing()
    {
        var sources = Repository.Sources("*.cs").Concat(Directory.EnumerateFiles(Server, "*.cshtml", SearchOption.AllDirectories)).Where(file => !IsBuilt(file)).Select(File.ReadAllText).ToList();
        var literals = sources.SelectMany(text => Literal().Matches(text)).Select(match => match.Groups[1].Value.TrimEnd('.')).ToHashSet(StringComparer.Ordinal);
        var keys = Words.In(Language.English).Keys.ToList();
        Assert.That(keys.Where(key => !literals.Contains(key) && !Prefixes(key).Any(literals.Contains) && !key.StartsWith("scope.", StringComparison.Ordinal)), Is.Empty, "unused");

        var used = sources.SelectMany(text => Use().Matches(text)).Select(match => match.Groups[1].Value).Where(key => key.Contains('.', StringComparison.Ordinal)).Distinct();
        Assert.That(used.Where(key => !keys.Contains(key) && !keys.Any(known => known.StartsWith(key + ".", StringComparison.Ordinal))), Is.Empty, "missing");
    }

    [Test]
    public void Pages_for_users_hold_no_words_of_their_own()
    {
        List<string> found = [];
        foreach (var file in ForUsers.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Server, folder), "*.cshtml", SearchOption.AllDirectories)))
        {
            var text = Comment().Replace(File.ReadAllText(file), "");
            found.AddRange(Spoken().Matches(text).Select(match => (match.Groups[1].Value + match.Groups[2].Value).Trim()).Where(word => Letters().IsMatch(word) && !NoWords.Contains(word)).Select(word => $"{Path.GetFileName(file)}: {word}"));
            found.AddRange(Heading().Matches(text).Select(match => $"{Path.GetFileName(file)}: {match.Groups[1].Value}"));
        }

        Assert.That(found, Is.Empty);
    }

    [Test]
    public void Code_for_users_holds_no_sentences_of_its_own()
    {
        var found = new[] { "SignIn", "Account" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Server, folder), "*.cs"))
            .Where(file => !Path.GetFileName(file).StartsWith("SessionApi", StringComparison.Ordinal) && !file.EndsWith("Options.cs", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Where(line => Sentence().IsMatch(line) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.Contains("logger.", StringComparison.Ordinal) && !line.Contains("throw new", StringComparison.Ordinal))
                .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));
        Assert.That(found, Is.Empty);
    }

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(match => match.Value);

    private static bool IsBuilt(string file) => file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private static IEnumerable<string> Prefixes(string key)
    {
        for (var end = key.LastIndexOf('.'); end > 0; end = key.LastIndexOf('.', end - 1))
        {
            if (key[..end].Contains('.', StringComparison.Ordinal))
            {
                yield return key[..end];
            }
        }
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"\p{L}{2}")]
    private static partial Regex Letters();

    // Half-width marks beside Chinese characters; those within Latin text, as in an address, stay.
    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}\s*[,.:;?!()]|[,:;?!(]\s*\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex HalfWidth();

    [GeneratedRegex(@"""([a-z_]+(?:\.[a-z_\-]+)+\.?)(?:""|\{)")]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?:\bT\[|\bT\.(?:Html|Count|Link)\(|Current\[|words\[|ErrorMessage = |Letter\.Of\([^""]*, )""([a-z_.\-]+)""")]
    private static partial Regex Use();

    [GeneratedRegex(@"@\*[\s\S]*?\*@|^@(?:inject|model|using|page).*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    // Text between tags up to the next expression, and attributes that are read aloud or shown.
    [GeneratedRegex(@"(?<=[a-z""/\]]|-)>([^<>@{};=]*)(?=[<@])|(?:aria-label|alt|placeholder|title)=""([^""@]+)""")]
    private static partial Regex Spoken();

    [GeneratedRegex(@"ViewData\[""Title""\] = \$?""([^""]*)""")]
    private static partial Regex Heading();

    [GeneratedRegex(@"""[A-Z][a-z']* [^""]*[a-z][^""]*""")]
    private static partial Regex Sentence();
}
