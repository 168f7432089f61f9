using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Languages;

namespace OidcProvider.Hosting;

/// <summary>
/// The language of a request, and changing it. The menu's links are the page's own address with <see cref="Parameter"/>: the server keeps the
/// choice in a cookie and leads back to the same page without it, so that it needs no script and no return address.
/// </summary>
internal sealed class RequestLanguage(IssuerUri issuer)
{
    public const string Parameter = "set_language";
    private const string UiLocales = "ui_locales", Back = "back";
    private const int MaxLength = 100;

    // Written for operators, in English.
    private static readonly PathString[] EnglishOnly = ["/admin", "/playground"];

    // Under it lies the locale of the account, once it is known who asks.
    private static readonly object AccountLocale = new();

    private string MenuCookie => CookieName("oidc-language");

    private string FlowCookie => CookieName("oidc-ui-locales");

    /// <summary>The words this request is answered with.</summary>
    public static Words WordsOf(HttpContext http) =>
        Words.In(Language.Find(http.Features.Get<IRequestCultureFeature>()?.RequestCulture.UICulture.Name) ?? Language.Current);

    /// <summary>Whether <see cref="Know"/> was told who asks.</summary>
    public static bool IsKnown(HttpContext http) => http.Items.ContainsKey(AccountLocale);

    public static bool IsFixed(PathString path) => Array.Exists(EnglishOnly, prefix => path.StartsWithSegments(prefix));

    public Language Of(HttpContext http) =>
        IsFixed(http.Request.Path) ? Language.English : Decide(http, Short(http.Request.Query[UiLocales]), http.Request.Cookies[FlowCookie]);

    /// <summary>It is known now who asks: their language, where neither an app nor the menu says another.</summary>
    public void Know(HttpContext http, string? locale)
    {
        http.Items[AccountLocale] = locale;
        Speak(http, Of(http));
    }

    /// <summary>Keeps what an app asks for until the user comes back to it. The request itself is answered so, too: it may have been pushed (RFC 9126).</summary>
    public void Follow(HttpContext http, string? uiLocales)
    {
        var (asked, before) = (Short(uiLocales), http.Request.Cookies[FlowCookie]);
        if (string.IsNullOrEmpty(asked) && before is not null)
        {
            http.Response.Cookies.Delete(FlowCookie, Cookie(null));
            before = null;
        }
        else if (asked is { Length: > 0 } && before != asked && before != LanguageChoice.Declined + asked)
        {
            http.Response.Cookies.Append(FlowCookie, asked, Cookie(TimeSpan.FromHours(1)));
        }

        Speak(http, Decide(http, asked, before));
    }

    /// <summary>What the user chose for their account holds on this browser too, whatever was chosen in its menu or an app asked for; null: as the browser asks.</summary>
    public void Choose(HttpContext http, Language? chosen)
    {
        if (chosen is null)
        {
            http.Response.Cookies.Delete(MenuCookie, Cookie(null));
        }
        else
        {
            http.Response.Cookies.Append(MenuCookie, chosen.Tag, Cookie(TimeSpan.FromDays(365)));
        }

        Decline(http, http.Request.Cookies[FlowCookie]?.TrimStart(LanguageChoice.Declined));
    }

    /// <summary>The page that is shown, in another language. <paramref name="here"/>: its address if the request does not say it, as after a post.</summary>
    public static string SwitchUrl(HttpContext http, Language language, string? here = null)
    {
        var request = http.Request;
        if (http.Features.Get<IStatusCodeReExecuteFeature>() is { } refused)
        {
            // An error page repeats nothing of the request that was refused, not even in a link to itself.
            var address = $"{refused.OriginalPathBase}{new PathString(refused.OriginalPath).ToUriComponent()}{refused.OriginalQueryString}";
            return $"{refused.OriginalPathBase}/?{Back}={WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(address))}&{Parameter}={language.Tag}";
        }

        var url = here ?? $"{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}";
        return $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Parameter}={language.Tag}";
    }

    /// <summary>Carries out a choice of the menu. False: there is none in this request.</summary>
    public bool Switch(HttpContext http)
    {
        var request = http.Request;
        if (!HttpMethods.IsGet(request.Method) || !request.Query.ContainsKey(Parameter))
        {
            return false;
        }

        var back = BackOf(request);
        // Another site's page must not choose for the user; a link there leads to the page and no more.
        if (Language.All.FirstOrDefault(language => language.Tag == request.Query[Parameter]) is { } chosen && request.Headers["Sec-Fetch-Site"] != "cross-site")
        {
            Choose(http, chosen);
            Decline(http, Short(AskedIn(back)));
        }

        http.Response.Redirect(ReturnUrl.OrHome(back, request.PathBase));
        return true;
    }

    private Language Decide(HttpContext http, string? uiLocales, string? flow) =>
        new LanguageChoice(uiLocales, flow, http.Request.Cookies[MenuCookie], http.Items[AccountLocale] as string, http.Request.Headers.AcceptLanguage).Decide();

    private static void Speak(HttpContext http, Language language) =>
        http.Features.Set<IRequestCultureFeature>(new RequestCultureFeature(new RequestCulture(Language.English.Culture, language.Culture), provider: null));

    private void Decline(HttpContext http, string? asked)
    {
        if (asked is { Length: > 0 })
        {
            http.Response.Cookies.Append(FlowCookie, LanguageChoice.Declined + asked, Cookie(TimeSpan.FromHours(1)));
        }
    }

    private static string? BackOf(HttpRequest request)
    {
        if (request.Query[Back] is [{ Length: > 0 } address])
        {
            try
            {
                return Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(address));
            }
            catch (FormatException)
            {
                return null;
            }
        }

        var rest = string.Join('&', request.QueryString.ToUriComponent().TrimStart('?').Split('&').Where(pair => !pair.StartsWith($"{Parameter}=", StringComparison.Ordinal)));
        return $"{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}{(rest.Length > 0 ? "?" + rest : "")}";
    }

    private static string? AskedIn(string? url) =>
        url?.IndexOf('?', StringComparison.Ordinal) is > 0 and var query ? QueryHelpers.ParseQuery(url[query..]).GetValueOrDefault(UiLocales).FirstOrDefault() : null;

    private static string? Short(string? tags) => tags is { Length: <= MaxLength } && !tags.Any(char.IsControl) ? tags : null;

    private string CookieName(string name) => $"{(issuer.IsHttps ? "__Host-" : "")}{name}{issuer.Path.Value?.Replace('/', '-')}";

    private CookieOptions Cookie(TimeSpan? life) => new() { HttpOnly = true, Secure = issuer.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, MaxAge = life };
}

/// <summary>Puts the language into force for everything that follows, error pages included.</summary>
internal static class RequestLanguages
{
    public static IServiceCollection AddRequestLanguages(this IServiceCollection services)
    {
        services.AddSingleton<RequestLanguage>();
        services.AddTransient(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext is { } http ? RequestLanguage.WordsOf(http) : Words.Current);
        services.AddOptions<RequestLocalizationOptions>().Configure<RequestLanguage>((options, language) =>
        {
            // Only the words change; numbers and dates in protocol answers must not.
            options.DefaultRequestCulture = new RequestCulture(Language.English.Culture);
            options.SupportedCultures = [Language.English.Culture];
            options.SupportedUICultures = [.. Language.All.Select(item => item.Culture)];
            options.RequestCultureProviders = [new CustomRequestCultureProvider(http => Task.FromResult<ProviderCultureResult?>(new(Language.English.Tag, language.Of(http).Tag)))];
        });
        return services;
    }

    // What programs ask is answered in the protocols' own English words, without looking for a language.
    private static readonly PathString[] Programs =
        ["/connect/token", "/connect/introspect", "/connect/userinfo", "/connect/revoke", "/connect/par", "/connect/device", "/.well-known"];

    public static IApplicationBuilder UseRequestLanguages(this IApplicationBuilder app)
    {
        // Where nothing is chosen, and never what the machine is set to.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = Language.English.Culture;
        return app.UseWhen(context => !Array.Exists(Programs, path => context.Request.Path.StartsWithSegments(path)), pages => pages.Use(SpeakAsync).UseRequestLocalization());
    }

    /// <summary>Once it is known who asks, what code says of a form is in their language too, and not only the page around it.</summary>
    public static IApplicationBuilder UseAccountLanguage(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (RequestLanguage.IsKnown(context))
        {
            CultureInfo.CurrentUICulture = RequestLanguage.WordsOf(context).Language.Culture;
        }

        await next(context);
    });

    private static Task SpeakAsync(HttpContext context, RequestDelegate next)
    {
        if (context.RequestServices.GetRequiredService<RequestLanguage>().Switch(context))
        {
            return Task.CompletedTask;
        }

        context.Response.OnStarting(static state =>
        {
            var http = (HttpContext)state;
            if (http.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true)
            {
                http.Response.Headers.ContentLanguage = RequestLanguage.WordsOf(http).Language.Tag;
                http.Response.Headers.Append("Vary", "Accept-Language, Cookie");
            }

            return Task.CompletedTask;
        }, context);
        return next(context);
    }
}
