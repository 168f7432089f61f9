using OidcProvider.Branding;

namespace OidcProvider.Tests.Branding;

public class PaletteTests
{
    // From WCAG's own techniques and tools: the greys around the limit, and the ends of the scale.
    [TestCase("#000000", "#ffffff", 21.0), TestCase("#767676", "#ffffff", 4.54), TestCase("#777777", "#ffffff", 4.48), TestCase("#ff0000", "#ffffff", 4.0), TestCase("#0000ff", "#ffffff", 8.59)]
    public void Contrast_is_that_of_WCAG(string one, string other, double expected)
    {
        Assert.That(Rgb.Parse(one).Contrast(Rgb.Parse(other)), Is.EqualTo(expected).Within(0.01));
        Assert.That(Rgb.Parse(other).Contrast(Rgb.Parse(one)), Is.EqualTo(expected).Within(0.01));
    }

    [TestCase("red"), TestCase("#fff"), TestCase("#12345g"), TestCase("#+12345"), TestCase("#0b5f58;}"), TestCase(""), TestCase(null)]
    public void Only_a_full_colour_is_read(string? text) => Assert.That(Rgb.TryParse(text, out _), Is.False);

    [Test]
    public void Text_that_is_hard_to_read_is_named_with_its_ratio() => Assert.That(
        Palette.Faults(new BrandColors { Color = "#767676", TextColor = "#aaaaaa" }).Select(fault => $"{fault.Member}: {fault.Message}").First(),
        Is.EqualTo("TextColor: #aaaaaa for text on buttons of #767676 has a contrast of 1.95:1; at least 4.5:1 is needed (WCAG 2.2, 1.4.3)"));

    [Test]
    public void Links_must_be_read_on_a_page_as_well() => Assert.That(Palette.Faults(new BrandColors { Color = "#ffcc00" }).Select(fault => fault.Member), Is.EqualTo(new[] { "Color" }));

    [Test]
    public void Whatever_colour_is_readable_on_a_light_page_gets_readable_text_and_a_readable_dark_one()
    {
        for (var value = 0; value < 0x1000000; value += 0x010307)
        {
            var colors = new BrandColors { Color = $"#{value:x6}" };
            Assert.That(Palette.Faults(colors).Select(fault => fault.Member).Except(["Color"]), Is.Empty, colors.Color);
        }
    }

    [Test]
    public void The_built_in_colours_have_no_fault_and_are_those_of_the_style_sheet()
    {
        Assert.That(Palette.Faults(new BrandColors()), Is.Empty);
        var site = File.ReadAllText(Path.Combine(Conventions.Repository.Root, "src", "OidcProvider", "wwwroot", "site.css"));
        Assert.That(site, Does.Contain($"--brand: {Palette.Default.Light};").And.Contain($"--brand: {Palette.Default.Dark};").And.Contain($"--brand-ink: {Palette.Default.DarkText};"));
    }
}
