using System.Globalization;
using OidcProvider.Keys;

namespace OidcProvider.Admin.Keys;

/// <summary>A piece of a key's life in the picture.</summary>
internal sealed record Phase(string Name, double From, double To);

/// <summary>A key's line in the picture.</summary>
internal sealed record KeyLine(KeyView Key, double Y, IReadOnlyList<Phase> Phases);

/// <summary>The lives of keys along time, in the units of the picture. Pure.</summary>
internal sealed record KeyTimeline(double Height, double Now, IReadOnlyList<(double At, string Label)> Ticks, IReadOnlyList<KeyLine> Lines)
{
    public const double Width = 400, Left = 82, Right = 8, Row = 24, Top = 24;

    private static readonly TimeSpan Back = TimeSpan.FromDays(180), Ahead = TimeSpan.FromDays(45);

    /// <param name="keys">The keys.</param>
    /// <param name="now">Now.</param>
    /// <param name="rotateAfter">When a key that has no successor yet will get one.</param>
    public static KeyTimeline Of(IReadOnlyList<KeyView> keys, DateTime now, TimeSpan rotateAfter)
    {
        var shown = keys.Where(key => key.PublishedUntil is not { } until || until > now - Back).ToList();
        var planned = shown.Where(key => key.SignsUntil is null).Select(key => key.ActivateAt + rotateAfter);
        var begin = Later(shown.Select(key => key.CreatedAt).Append(now.AddDays(-1)).Min(), now - Back);
        var end = Later(planned.Concat(shown.Select(key => key.PublishedUntil ?? now)).Append(now.AddDays(7)).Min(), now + Ahead);
        double X(DateTime at) => Left + (Math.Clamp((at - begin) / (end - begin), 0, 1) * (Width - Left - Right));
        var lines = shown.Select((key, row) => new KeyLine(key, Top + (row * Row), [.. Phases(key, now, rotateAfter).Where(phase => phase.To > begin && phase.From < end).Select(phase => new Phase(phase.Name, X(phase.From), X(phase.To)))])).ToList();
        return new(Top + (shown.Count * Row) + 22, X(now), [.. Months(begin, end).Select(at => (X(at), at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))], lines);
    }

    private static IEnumerable<(string Name, DateTime From, DateTime To)> Phases(KeyView key, DateTime now, TimeSpan rotateAfter)
    {
        if (key.RevokedAt is { } revoked)
        {
            yield return ("revoked", key.CreatedAt, revoked);
            yield break;
        }

        yield return ("announced", key.CreatedAt, key.ActivateAt);
        if (key.SignsUntil is { } until)
        {
            yield return (key.Use == "enc" ? "encrypting" : "signing", key.ActivateAt, until);
            yield return ("retired", until, key.PublishedUntil ?? until);
        }
        else
        {
            yield return (key.Use == "enc" ? "encrypting" : "signing", key.ActivateAt, Later(now, key.ActivateAt));
            yield return ("planned", Later(now, key.ActivateAt), Later(now, key.ActivateAt + rotateAfter));
        }
    }

    // Four or so dates that do not overlap.
    private static IEnumerable<DateTime> Months(DateTime begin, DateTime end)
    {
        var step = TimeSpan.FromDays(Math.Max(1, Math.Ceiling((end - begin).TotalDays / 4)));
        for (var at = begin.Date + TimeSpan.FromDays(1); at < end - (step / 3); at += step)
        {
            yield return at;
        }
    }

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
}
