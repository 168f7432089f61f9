using System.Globalization;

namespace OidcProvider.Branding;

/// <summary>A colour of sRGB, with what WCAG 2.2 computes of one.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    public static readonly Rgb White = new(255, 255, 255);

    /// <summary>Reads <c>#rrggbb</c>. Names and functions of CSS are not taken: what goes into a style sheet must not be able to say more than a colour.</summary>
    public static bool TryParse(string? text, out Rgb color)
    {
        color = default;
        if (text is not ['#', _, _, _, _, _, _] || !uint.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        color = new((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return true;
    }

    public static Rgb Parse(string text) => TryParse(text, out var color) ? color : throw new FormatException($"'{text}' is not a colour such as #0b5f58.");

    /// <summary>WCAG 2.2, "relative luminance".</summary>
    public double Luminance => (0.2126 * Linear(Red)) + (0.7152 * Linear(Green)) + (0.0722 * Linear(Blue));

    /// <summary>WCAG 2.2, "contrast ratio": 1 to 21.</summary>
    public double Contrast(Rgb other)
    {
        var (light, dark) = (Math.Max(Luminance, other.Luminance), Math.Min(Luminance, other.Luminance));
        return (light + 0.05) / (dark + 0.05);
    }

    /// <summary>So much of the other colour, from 0 to 1, in this one.</summary>
    public Rgb Mix(Rgb other, double part) => new(Mix(Red, other.Red, part), Mix(Green, other.Green, part), Mix(Blue, other.Blue, part));

    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";

    private static byte Mix(byte one, byte other, double part) => (byte)Math.Round((one * (1 - part)) + (other * part));

    private static double Linear(byte channel)
    {
        var share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
    }
}
