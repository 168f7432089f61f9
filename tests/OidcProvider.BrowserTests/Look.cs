using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace OidcProvider.BrowserTests;

/// <summary>
/// How a loaded page looks to axe and to a small phone: light and dark, wide and narrow, without loading it again. With a folder in
/// <c>OIDCPROVIDER_TEST_PICTURES</c> each view is also kept there as a picture, for people to look at.
/// </summary>
internal static class Look
{
    public const int Desktop = 1280, Phone = 360, Height = 800;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("OIDCPROVIDER_TEST_PICTURES");

    // Every rule at both widths; the dark colours change nothing but colours.
    private static readonly (ColorScheme Scheme, int Width, string[]? Rules)[] Views =
    [
        (ColorScheme.Light, Desktop, null), (ColorScheme.Dark, Desktop, ["color-contrast", "link-in-text-block"]), (ColorScheme.Dark, Phone, ["color-contrast", "link-in-text-block"]), (ColorScheme.Light, Phone, null),
    ];

    // What moves when colours change is put where it comes to rest: a page that nobody looks at may be drawn no frame, and then it moves for ever.
    private const string Examine =
        """
        async rules => {
          getComputedStyle(document.body).color;
          document.getAnimations().forEach(animation => animation.effect.getComputedTiming().endTime === Infinity ? animation.cancel() : animation.finish());
          const found = await axe.run(document, { resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }) });
          return JSON.stringify(found.violations.map(fault => `${fault.impact} ${fault.id}: ${fault.help}: ${fault.nodes.map(node => node.html).join(" ")}`));
        }
        """;

    /// <summary>One heading, nothing that axe objects to, nothing that must be scrolled sideways.</summary>
    public static async Task CheckAsync(IPage page, string name) => Assert.That(await FaultsInEachViewAsync(page, name), Is.Empty, name);

    /// <summary>What is wrong in each view.</summary>
    public static async Task<IReadOnlyList<string>> FaultsInEachViewAsync(IPage page, string name)
    {
        List<string> faults = [];
        await page.WaitForLoadStateAsync();
        await page.EvaluateAsync(Axe);
        foreach (var (scheme, width, rules) in Views)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.SetViewportSizeAsync(width, Height);
            faults.AddRange((await FaultsAsync(page)).Concat(JsonSerializer.Deserialize<string[]>(await page.EvaluateAsync<string>(Examine, rules))!).Select(fault => $"{scheme} {width}: {fault}"));
            if (Pictures is { Length: > 0 })
            {
                var file = string.Concat(name.Take(80).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')).Trim('-');
                await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{file}-{scheme}-{width}.png"), FullPage = true });
            }
        }

        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(Desktop, Height);
        return faults;
    }

    /// <summary>What is wrong with a page as it stands, by a glance: its headings and its width.</summary>
    public static async Task<IEnumerable<string>> FaultsAsync(IPage page)
    {
        await page.WaitForLoadStateAsync();
        var (headings, over) = await page.EvaluateAsync<int[]>("[document.querySelectorAll('h1').length, document.documentElement.scrollWidth - document.documentElement.clientWidth]") is [var one, var two] ? (one, two) : default;
        return new[] { headings == 1 ? null : $"{headings} headings of the first level", over <= 0 ? null : $"scrolls sideways by {over} px" }.OfType<string>();
    }
}
