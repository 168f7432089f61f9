using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace OidcProvider.Hosting;

/// <summary>What an error page may say: a sentence for people and a reference for the operator. Never the cause of a bug.</summary>
internal sealed record ErrorNotice(string Title, string Message, string? Code = null);

/// <summary>
/// The one error page. Whoever refuses a request may leave an <see cref="ErrorNotice"/> in the request's items;
/// otherwise the status code decides the words.
/// </summary>
[AllowAnonymous, IgnoreAntiforgeryToken, ResponseCache(NoStore = true)]
internal sealed class ErrorModel : PageModel
{
    public static readonly object NoticeKey = new();

    public ErrorNotice Notice { get; private set; } = new("Something went wrong", "");

    public string Reference => RequestId.Of(HttpContext);

    public void OnGet(int? status) => Show(status);

    public void OnPost(int? status) => Show(status);

    private void Show(int? status)
    {
        var code = status ?? StatusCodes.Status404NotFound;
        Response.StatusCode = code;
        Notice = HttpContext.Items[NoticeKey] as ErrorNotice ?? code switch
        {
            StatusCodes.Status400BadRequest => new("This request cannot be processed", "The form may have expired. Go back, reload the page and try again."),
            StatusCodes.Status401Unauthorized => new("Sign in first", "This page needs you to sign in."),
            StatusCodes.Status403Forbidden => new("No access", "Your account does not have access to this page."),
            StatusCodes.Status404NotFound => new("Page not found", "There is nothing at this address. Check it for typing mistakes."),
            StatusCodes.Status405MethodNotAllowed => new("This address cannot be opened this way", "Go back to the app you came from and try again."),
            StatusCodes.Status413PayloadTooLarge => new("Too much data", "The request is larger than this server accepts."),
            StatusCodes.Status503ServiceUnavailable => new("Temporarily unavailable", "A part of this service does not answer. Try again in a moment."),
            _ => new("Something went wrong", "This is our fault, not yours. Try again in a moment."),
        };
    }
}
