using System.Globalization;

namespace OidcProvider.Admin.Charts;

internal enum ChartKind
{
    StackedBars,
    StackedAreas,
    Lines,
}

/// <summary>One row of values, one for each label; null where nothing was measured.</summary>
internal sealed record Series(string Name, IReadOnlyList<double?> Values);

/// <summary>What a picture shows: kind, title, what the axes mean, the values.</summary>
/// <param name="Id">Unique on the page.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Unit">What the upward axis counts.</param>
/// <param name="Across">What the other axis is, with its time zone.</param>
/// <param name="Labels">One for each step of that axis, the last is now.</param>
internal sealed record Chart(string Id, ChartKind Kind, string Title, string Unit, string Across, IReadOnlyList<string> Labels, IReadOnlyList<Series> Series)
{
    public bool IsEmpty => Series.All(series => series.Values.All(value => value is null or 0));
}

/// <summary>A line of the grid with its label.</summary>
internal sealed record Tick(double At, string Label);

/// <summary>A shape of one series: the <c>d</c> of an SVG path.</summary>
internal sealed record Shape(int Series, string Path, bool Filled);

/// <summary>Where everything of a chart lies, in the units of the picture. Pure: from values to coordinates.</summary>
internal sealed record Plot(IReadOnlyList<Tick> Up, IReadOnlyList<Tick> Across, IReadOnlyList<Shape> Shapes)
{
    public const double Width = 400, Height = 220, Left = 44, Right = 8, Top = 22, Bottom = 34;

    private const double Across0 = Width - Left - Right, Up0 = Height - Top - Bottom;

    public static Plot Of(Chart chart)
    {
        var stacked = chart.Kind is not ChartKind.Lines;
        var most = Enumerable.Range(0, chart.Labels.Count).Select(at => stacked ? chart.Series.Sum(series => series.Values[at] ?? 0) : chart.Series.Max(series => series.Values[at] ?? 0)).DefaultIfEmpty(0).Max();
        var step = Step(most);
        var top = Math.Max(step, Math.Ceiling(most / step) * step);
        var up = Enumerable.Range(0, (int)Math.Round(top / step) + 1).Select(line => new Tick(Y(line * step, top), Number(line * step))).ToList();
        var every = Math.Max(1, chart.Labels.Count / 6);
        var across = Enumerable.Range(0, chart.Labels.Count).Where(at => at % every == 0).Select(at => new Tick(X(at + 0.5, chart.Labels.Count), chart.Labels[at])).ToList();
        return new(up, across, [.. chart.Kind switch
        {
            ChartKind.StackedBars => Bars(chart, top),
            ChartKind.StackedAreas => Areas(chart, top),
            _ => Lines(chart, top),
        }]);
    }

    /// <summary>1, 2 or 5 times a power of ten, so that four lines or so fit.</summary>
    public static double Step(double most)
    {
        if (most <= 0)
        {
            return 1;
        }

        var rough = most / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
    }

    public static string Number(double value) => value switch
    {
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1_000_000:0.#}M"),
        >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0.#}k"),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    private static IEnumerable<Shape> Bars(Chart chart, double top)
    {
        var width = Across0 / chart.Labels.Count;
        var below = new double[chart.Labels.Count];
        for (var series = 0; series < chart.Series.Count; series++)
        {
            List<string> bars = [];
            for (var at = 0; at < below.Length; at++)
            {
                var value = chart.Series[series].Values[at] ?? 0;
                if (value > 0)
                {
                    var (left, right) = (X(at, below.Length) + (width * 0.12), X(at + 1, below.Length) - (width * 0.12));
                    bars.Add($"M{N(left)} {N(Y(below[at], top))}V{N(Y(below[at] + value, top))}H{N(right)}V{N(Y(below[at], top))}Z");
                }

                below[at] += value;
            }

            yield return new(series, string.Join(' ', bars), Filled: true);
        }
    }

    private static IEnumerable<Shape> Areas(Chart chart, double top)
    {
        var below = new double[chart.Labels.Count];
        for (var series = 0; series < chart.Series.Count; series++)
        {
            var under = below.Select((value, at) => Point(at, value)).Reverse().ToList();
            below = [.. below.Select((value, at) => value + (chart.Series[series].Values[at] ?? 0))];
            yield return new(series, $"M{string.Join('L', below.Select((value, at) => Point(at, value)).Concat(under))}Z", Filled: true);
        }

        string Point(int at, double value) => $"{N(X(at + 0.5, chart.Labels.Count))} {N(Y(value, top))}";
    }

    // Where nothing was measured the line is broken; a lone point becomes a dot.
    private static IEnumerable<Shape> Lines(Chart chart, double top)
    {
        for (var series = 0; series < chart.Series.Count; series++)
        {
            var values = chart.Series[series].Values;
            List<string> parts = [];
            for (var at = 0; at < values.Count; at++)
            {
                if (values[at] is { } value)
                {
                    var joined = at > 0 && values[at - 1] is not null;
                    parts.Add($"{(joined ? "L" : "M")}{N(X(at + 0.5, values.Count))} {N(Y(value, top))}{(joined ? "" : "h0.01")}");
                }
            }

            yield return new(series, string.Join(' ', parts), Filled: false);
        }
    }

    private static double X(double at, int count) => Left + (at / Math.Max(1, count) * Across0);

    private static double Y(double value, double top) => Top + Up0 - (value / top * Up0);

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
