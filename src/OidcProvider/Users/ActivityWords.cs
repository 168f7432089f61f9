using OidcProvider.Data;
using OidcProvider.Languages;

namespace OidcProvider.Users;

/// <summary>What happened to an account, in words for whoever reads it. Pure.</summary>
internal static class ActivityWords
{
    private const string Keys = "activity.event.";

    /// <summary>An event's own words, those for its reason and for who did it before those for any; one without has its name.</summary>
    public static string Of(Words words, AuditRecord record) =>
        new[] { $"{Keys}{record.Event}.{(record.IsByAnother ? "by_administrator" : "")}", $"{Keys}{record.Event}.{record.Reason}", $"{Keys}{record.Event}" }.FirstOrDefault(words.Has) is { } key ? words[key] : record.Event;
}
