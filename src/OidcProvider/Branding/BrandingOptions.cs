using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.Branding;

/// <summary>How this server presents itself to users.</summary>
internal sealed class BrandingOptions : IValidatableObject
{
    public const string Section = "Branding";
    public const int MostBytes = 512 * 1024;

    [Description("The name of the service, in titles, at the top of each page and in mails.")]
    public string Name { get; set; } = "OidcProvider";

    [Description("A file with the logo: .svg, .png, .webp or .jpg, at most 512 KiB.")]
    public string? LogoFile { get; set; }

    [Description("The https address of a logo somewhere else. LogoFile is better: no other server then learns who signs in here.")]
    public string? LogoUrl { get; set; }

    [Description("Colour of buttons and links on light pages, as #rrggbb.")]
    public string? Color { get; set; }

    [Description("Colour of the text on buttons. White or black, whichever reads better, if it is not set.")]
    public string? TextColor { get; set; }

    [Description("Colour of buttons and links on dark pages. A lighter Color if it is not set.")]
    public string? DarkColor { get; set; }

    [Description("Colour of the text on buttons on dark pages.")]
    public string? DarkTextColor { get; set; }

    [Description("A style sheet that comes after all others, at most 512 KiB.")]
    public string? CssFile { get; set; }

    [Description("Where users find help: an https or mailto address for the foot of each page.")]
    public string? SupportUrl { get; set; }

    [Description("The privacy policy, for the foot of each page.")]
    public string? PrivacyUrl { get; set; }

    [Description("The terms of service, for the foot of each page.")]
    public string? TermsUrl { get; set; }

    [Description("A line of text at the foot of each page and mail.")]
    public string? Footer { get; set; }

    public BrandColors Colors() => new() { Color = Color, TextColor = TextColor, DarkColor = DarkColor, DarkTextColor = DarkTextColor };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (member, message) in Palette.Faults(Colors()))
        {
            yield return Fault(member, message);
        }

        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 60)
        {
            yield return Fault(nameof(Name), "must have 1 to 60 characters");
        }

        foreach (var (member, url) in new[] { (nameof(LogoUrl), LogoUrl), (nameof(SupportUrl), SupportUrl), (nameof(PrivacyUrl), PrivacyUrl), (nameof(TermsUrl), TermsUrl) })
        {
            if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (member == nameof(SupportUrl) && uri.Scheme == Uri.UriSchemeMailto))))
            {
                yield return Fault(member, $"'{url}' is not an https address");
            }
        }

        if (LogoFile is not null && LogoUrl is not null)
        {
            yield return Fault(nameof(LogoUrl), "LogoFile and LogoUrl exclude each other");
        }

        foreach (var (member, file, kinds) in new[] { (nameof(LogoFile), LogoFile, BrandFile.Pictures), (nameof(CssFile), CssFile, BrandFile.StyleSheets) })
        {
            if (file is not null && BrandFile.Fault(file, kinds) is { } fault)
            {
                yield return Fault(member, fault);
            }
        }
    }

    private static ValidationResult Fault(string member, string message) => new($"{member}: {message}", [member]);
}
