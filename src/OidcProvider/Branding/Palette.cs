using System.Globalization;

namespace OidcProvider.Branding;

/// <summary>The colours somebody gives: one for buttons and links on light pages, one for dark ones, and the text on their buttons. What is left out is found.</summary>
internal sealed record BrandColors
{
    public string? Color { get; init; }

    public string? TextColor { get; init; }

    public string? DarkColor { get; init; }

    public string? DarkTextColor { get; init; }
}

/// <summary>
/// The brand's colours as the style sheet needs them. Pure. Text on a button and links on a page must have a contrast of 4.5:1 (WCAG 2.2, 1.4.3);
/// where only the light colour is given, the dark one is it, lightened as far as that needs.
/// </summary>
internal sealed record Palette(Rgb Light, Rgb LightText, Rgb Dark, Rgb DarkText)
{
    public const double Required = 4.5;

    // What site.css puts behind links: the page where it is darker than the card, the card where it is lighter than the page.
    private static readonly Rgb LightPage = Rgb.Parse("#f3f5f4"), LightCard = Rgb.White, DarkCard = Rgb.Parse("#182120"), Ink = Rgb.Parse("#04211d");

    public static readonly Palette Default = new(Rgb.Parse("#0b5f58"), Rgb.White, Rgb.Parse("#74d3c6"), Ink);

    /// <summary>The palette of colours that <see cref="Faults"/> finds nothing wrong with.</summary>
    public static Palette Of(BrandColors colors)
    {
        var light = colors.Color is { } color ? Rgb.Parse(color) : Default.Light;
        var dark = colors.DarkColor is { } given ? Rgb.Parse(given) : colors.Color is null ? Default.Dark : Lighten(light);
        return new Palette(light, Text(colors.TextColor, light), dark, Text(colors.DarkTextColor, dark));
    }

    /// <summary>What is wrong, each with the name of its member.</summary>
    public static IEnumerable<(string Member, string Message)> Faults(BrandColors colors)
    {
        var bad = new[] { (nameof(colors.Color), colors.Color), (nameof(colors.TextColor), colors.TextColor), (nameof(colors.DarkColor), colors.DarkColor), (nameof(colors.DarkTextColor), colors.DarkTextColor) }
            .Where(item => item.Item2 is not null && !Rgb.TryParse(item.Item2, out _)).Select(item => (item.Item1, $"'{item.Item2}' is not a colour such as #0b5f58")).ToList();
        if (bad.Count > 0)
        {
            return bad;
        }

        var palette = Of(colors);
        return Low(nameof(colors.TextColor), "text", palette.LightText, "on buttons of", palette.Light)
            .Concat(Low(nameof(colors.Color), "links", palette.Light, "on pages of", LightPage))
            .Concat(Low(nameof(colors.DarkTextColor), "text", palette.DarkText, "on buttons of", palette.Dark))
            .Concat(Low(nameof(colors.DarkColor), "links", palette.Dark, "on cards of", DarkCard));
    }

    /// <summary>The custom properties of site.css that follow from the brand.</summary>
    public string Css() => $$"""
        :root { {{Properties(Light, LightText, Light.Mix(new Rgb(0, 0, 0), 0.2), LightCard)}} }
        @media (prefers-color-scheme: dark) { :root { {{Properties(Dark, DarkText, Dark.Mix(Rgb.White, 0.25), DarkCard)}} } }

        """;

    private static string Properties(Rgb brand, Rgb text, Rgb hover, Rgb card) =>
        $"--brand: {brand}; --brand-ink: {text}; --brand-hover: {(hover.Contrast(text) >= Required ? hover : brand)}; --brand-soft: {card.Mix(brand, 0.12)}; --link: {brand};";

    private static IEnumerable<(string, string)> Low(string member, string what, Rgb text, string where, Rgb ground)
    {
        var ratio = text.Contrast(ground);
        if (ratio < Required)
        {
            // Rounded down: 4.49 must not read as 4.5.
            yield return (member, string.Create(CultureInfo.InvariantCulture, $"{text} for {what} {where} {ground} has a contrast of {Math.Floor(ratio * 100) / 100:0.00}:1; at least {Required}:1 is needed (WCAG 2.2, 1.4.3)"));
        }
    }

    private static Rgb Text(string? given, Rgb ground) =>
        given is not null ? Rgb.Parse(given) : ground.Contrast(Rgb.White) >= Required ? Rgb.White : ground.Contrast(Ink) >= Required ? Ink : new Rgb(0, 0, 0);

    private static Rgb Lighten(Rgb color)
    {
        var part = 0.0;
        while (color.Mix(Rgb.White, part).Contrast(DarkCard) < 7 && part < 1)
        {
            part += 0.05;
        }

        return color.Mix(Rgb.White, Math.Min(part, 1));
    }
}
