using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace OidcProvider.Hosting;

/// <summary>
/// What an error page may say: a sentence for people, and for whoever they ask for help the error code and the protocol's own English words.
/// Never the cause of a bug.
/// </summary>
internal sealed record ErrorNotice(string Title, string Message, string? Code = null, string? Details = null)
{
    /// <summary>The words under a key, in the language of the request.</summary>
    public static ErrorNotice Of(HttpContext http, string key, string? code = null, string? details = null)
    {
        var words = RequestLanguage.WordsOf(http);
        return new ErrorNotice(words[$"{key}.title"], words[$"{key}.text"], code, details);
    }
}

/// <summary>
/// The one error page. Whoever refuses a request may leave an <see cref="ErrorNotice"/> in the request's items;
/// otherwise the status code decides the words.
/// </summary>
[AllowAnonymous, IgnoreAntiforgeryToken, ResponseCache(NoStore = true)]
internal sealed class ErrorModel : PageModel
{
    public static readonly object NoticeKey = new();

    public ErrorNotice Notice { get; private set; } = new("", "");

    public string Reference => RequestId.Of(HttpContext);

    public void OnGet() => Show();

    public void OnPost() => Show();

    private ErrorNotice Words(string key) => ErrorNotice.Of(HttpContext, key);

    private void Show()
    {
        // From the path itself: model binding would read the form as well, and the form may be what is wrong.
        var code = int.TryParse(RouteData.Values["status"]?.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var status) ? status : StatusCodes.Status404NotFound;
        Response.StatusCode = code;
        Notice = HttpContext.Items[NoticeKey] as ErrorNotice ?? code switch
        {
            StatusCodes.Status400BadRequest => Words("error.bad_request"),
            StatusCodes.Status401Unauthorized => Words("error.sign_in_first"),
            StatusCodes.Status403Forbidden => Words("error.no_access"),
            StatusCodes.Status404NotFound => Words("error.not_found"),
            StatusCodes.Status405MethodNotAllowed => Words("error.wrong_way"),
            StatusCodes.Status413PayloadTooLarge => Words("error.too_large"),
            StatusCodes.Status503ServiceUnavailable => Words("error.unavailable"),
            _ => Words("error.our_fault"),
        };
    }
}
