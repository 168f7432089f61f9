namespace OidcProvider.Telemetry;

/// <summary>Counts durations in fixed classes, without a lock. Percentiles are read from such counts, of one node and minute or added up over many.</summary>
internal sealed class Latency
{
    /// <summary>Upper ends of the classes in milliseconds; the last class has none.</summary>
    public static readonly IReadOnlyList<double> Bounds = [0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000];

    private readonly long[] _counts = new long[Bounds.Count + 1];

    public void Record(double milliseconds)
    {
        var at = 0;
        while (at < Bounds.Count && milliseconds > Bounds[at])
        {
            at++;
        }

        Interlocked.Increment(ref _counts[at]);
    }

    /// <summary>What was counted since the last time this was asked.</summary>
    public long[] Take()
    {
        var taken = new long[_counts.Length];
        for (var at = 0; at < taken.Length; at++)
        {
            taken[at] = Interlocked.Exchange(ref _counts[at], 0);
        }

        return taken;
    }

    /// <summary>Gives back what could not be written.</summary>
    public void Return(long[] counts)
    {
        for (var at = 0; at < counts.Length; at++)
        {
            Interlocked.Add(ref _counts[at], counts[at]);
        }
    }

    /// <summary>The duration that a share of all did not exceed, or null when nothing was counted. Within a class it is interpolated.</summary>
    public static double? Percentile(IReadOnlyList<long> counts, double share)
    {
        var total = counts.Sum();
        if (total == 0)
        {
            return null;
        }

        var rank = share * total;
        double below = 0;
        for (var at = 0; at < counts.Count; at++)
        {
            if (counts[at] > 0 && below + counts[at] >= rank)
            {
                var from = at == 0 ? 0 : Bounds[at - 1];
                return at == Bounds.Count ? from : from + ((Bounds[at] - from) * (rank - below) / counts[at]);
            }

            below += counts[at];
        }

        return Bounds[^1];
    }
}
