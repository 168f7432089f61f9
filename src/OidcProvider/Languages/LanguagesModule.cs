using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.DataAnnotations;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;

namespace OidcProvider.Languages;

/// <summary>
/// Owns what users read: the texts of pages, messages and mails in each language (<c>*.json</c>), which language a tag means, how days and counts
/// are written. Leaves to <c>Hosting</c> which language a request is answered in. Administration and protocol answers are English and not here.
/// </summary>
internal static class LanguagesModule
{
    public static IServiceCollection AddLanguages(this IServiceCollection services)
    {
        services.AddSingleton<IConfigureOptions<MvcOptions>, FormWords>().AddSingleton<IConfigureOptions<MvcDataAnnotationsLocalizationOptions>, FormWords>();
        services.AddLocalization();
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = Words.Letters());
        return services;
    }
}
