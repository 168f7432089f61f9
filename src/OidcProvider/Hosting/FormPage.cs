using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OidcProvider.Languages;

namespace OidcProvider.Hosting;

/// <summary>
/// A page with a form. It asks for the antiforgery token itself: the filter's bare 400 would lose what was typed (two tabs, a closed laptop,
/// the back button), this shows the form again with a fresh one.
/// </summary>
[IgnoreAntiforgeryToken]
internal abstract class FormPage : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>The words of this request's language.</summary>
    protected Words T => RequestLanguage.WordsOf(HttpContext);

    /// <summary>Where the user came from, or the start page.</summary>
    public string Back => Hosting.ReturnUrl.OrHome(ReturnUrl, Request.PathBase);

    /// <summary>Another page of ours that then goes on to where the user came from.</summary>
    public string By(string path) => Hosting.ReturnUrl.With(Request.PathBase + path, ReturnUrl);

    /// <summary>Whether the form is ours and complete; if not, what is wrong stands in the model state.</summary>
    protected async Task<bool> IsCompleteAsync()
    {
        // A browser says itself where a form came from (Fetch Metadata); a token from elsewhere, planted with its cookie, does not help then.
        var foreign = Request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
        if (foreign || !await HttpContext.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(HttpContext))
        {
            ModelState.Clear();
            ModelState.AddModelError(string.Empty, T["form.too_old"]);
        }

        return ModelState.IsValid;
    }

    protected PageResult Refused(int status = StatusCodes.Status400BadRequest, string? message = null, string field = "")
    {
        if (message is not null)
        {
            ModelState.AddModelError(field, message);
        }

        Response.StatusCode = status;
        return Page();
    }
}
