using OidcProvider.Hosting;
using OidcProvider.Languages;

namespace OidcProvider.Branding;

/// <summary>Where a return URL leads, for people: the app that sent them here, with its own look.</summary>
internal sealed record Destination(string Name, string? LogoUri, string? PolicyUri, string? TosUri, Palette? Colors);

/// <summary>
/// Finds the destination of a return URL, in the words of a language; null when it is none that has a name. Sign-in asks this and so needs to
/// know nothing of protocols. What it shows follows from where the URL leads, so nobody can put another name over it.
/// </summary>
internal delegate ValueTask<Destination?> DestinationOf(string? returnUrl, Words words);

/// <summary>
/// Owns how the service looks to its users: name, logo, colours and their contrast, the operator's style sheet; routes <c>/branding/*</c>. Leaves the
/// words to <c>Languages</c> and the looks of an app to its registration.
/// </summary>
internal static class BrandingModule
{
    private const string ForGood = "public, max-age=31536000, immutable";

    public static IServiceCollection AddBranding(this IServiceCollection services) => services.AddValidatedOptions<BrandingOptions>(BrandingOptions.Section).AddSingleton<Brand>();

    public static void MapBranding(this IEndpointRouteBuilder routes)
    {
        var branding = routes.MapGroup("/branding").AllowAnonymous();
        branding.MapGet("/logo", (HttpResponse response, Brand brand) => File(response, brand.Logo));
        branding.MapGet("/style.css", (HttpResponse response, Brand brand) => File(response, brand.StyleSheet));
        branding.MapGet("/colors.css", Colors);
    }

    // Only colours that our own pages would link to: readable ones. Anybody may ask for others, and gets nothing.
    private static IResult Colors(HttpResponse response, string? light, string? lightText, string? dark, string? darkText)
    {
        var colors = new BrandColors { Color = $"#{light}", TextColor = $"#{lightText}", DarkColor = $"#{dark}", DarkTextColor = $"#{darkText}" };
        if (Palette.Faults(colors).Any())
        {
            return Results.NotFound();
        }

        response.Headers.CacheControl = ForGood;
        return Results.Text(Palette.Of(colors).Css(), "text/css; charset=utf-8");
    }

    private static IResult File(HttpResponse response, BrandFile? file)
    {
        if (file is null)
        {
            return Results.NotFound();
        }

        response.Headers.CacheControl = ForGood;
        return Results.Bytes(file.Content, file.Type);
    }
}
