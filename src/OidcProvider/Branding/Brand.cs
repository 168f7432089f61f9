using Microsoft.Extensions.Options;
using OidcProvider.Hosting;

namespace OidcProvider.Branding;

/// <summary>
/// What pages and mails show of the service, read once at start. Colours come by a style sheet of our own whose address carries them, since the
/// Content-Security-Policy allows no inline styles; so an app's colours need no request of their own for it to be known.
/// </summary>
internal sealed class Brand(IOptions<BrandingOptions> options, IssuerUri issuer)
{
    private readonly BrandFile? _logo = BrandFile.Read(options.Value.LogoFile, BrandFile.Pictures);

    public BrandFile? Logo => _logo;

    public BrandFile? StyleSheet { get; } = BrandFile.Read(options.Value.CssFile, BrandFile.StyleSheets);

    public string Name => options.Value.Name;

    public string? Footer => options.Value.Footer;

    public Palette Colors { get; } = Palette.Of(options.Value.Colors());

    /// <summary>The address of the logo; none: the built-in one is drawn.</summary>
    public string? LogoUrl => _logo is null ? options.Value.LogoUrl : $"{issuer.Path}/branding/logo?v={_logo.Version}";

    public string? StyleSheetUrl => StyleSheet is null ? null : $"{issuer.Path}/branding/style.css?v={StyleSheet.Version}";

    public string ColorsUrl(Palette colors) =>
        $"{issuer.Path}/branding/colors.css?light={Plain(colors.Light)}&lightText={Plain(colors.LightText)}&dark={Plain(colors.Dark)}&darkText={Plain(colors.DarkText)}";

    /// <summary>Links for the foot of each page, under the keys of their words.</summary>
    public IEnumerable<(string Key, string Url)> Links()
    {
        var settings = options.Value;
        return new[] { ("page.help", settings.SupportUrl), ("consent.privacy", settings.PrivacyUrl), ("consent.terms", settings.TermsUrl) }.Where(link => link.Item2 is not null).Select(link => (link.Item1, link.Item2!));
    }

    private static string Plain(Rgb color) => color.ToString()[1..];
}
