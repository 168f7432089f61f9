using OidcProvider.Languages;

namespace OidcProvider.Sessions;

/// <summary>A browser in words, from what it says of itself. Good enough for people to recognise their own; nothing is decided by it.</summary>
internal static class UserAgents
{
    // In the order in which they must be asked: most browsers also name others.
    private static readonly (string Token, string Name)[] Browsers =
        [("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];

    private static readonly (string Token, string Name)[] Systems =
        [("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Mac OS", "macOS"), ("Linux", "Linux")];

    public static string Describe(string? agent, Words? words = null)
    {
        words ??= Words.Current;
        var browser = Find(Browsers, agent);
        var system = Find(Systems, agent);
        return (browser, system) switch
        {
            (null, null) => words["sessions.unknown_browser"],
            (null, _) => words["sessions.browser_on", ("system", system)],
            (_, null) => browser,
            _ => words["sessions.named_on", ("browser", browser), ("system", system)],
        };
    }

    private static string? Find((string Token, string Name)[] table, string? agent) =>
        table.FirstOrDefault(entry => agent?.Contains(entry.Token, StringComparison.Ordinal) == true).Name;
}
