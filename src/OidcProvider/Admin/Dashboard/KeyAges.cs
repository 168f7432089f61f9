using OidcProvider.Admin.Charts;
using OidcProvider.Keys;

namespace OidcProvider.Admin.Dashboard;

/// <summary>How old the keys in use are against the time at which the next one takes over. Pure.</summary>
internal static class KeyAges
{
    /// <param name="keys">All keys.</param>
    /// <param name="now">Now.</param>
    /// <param name="rotateAfter">How long a key that has no successor yet is used.</param>
    public static Chart Of(IEnumerable<KeyView> keys, DateTime now, TimeSpan rotateAfter)
    {
        var used = keys.Where(key => key.Phase is "signing" or "encrypting").ToList();
        double? Days(TimeSpan time) => Math.Round(Math.Max(0, time.TotalDays), 1);
        return new("keys", ChartKind.StackedBars, "Age of the keys in use", "days", "key", [.. used.Select(key => key.Algorithm)],
        [
            new("until the next takes over", [.. used.Select(key => Days((key.SignsUntil ?? key.ActivateAt + rotateAfter) - now))]),
            new("in use for", [.. used.Select(key => Days(now - key.ActivateAt))]),
        ]);
    }
}
