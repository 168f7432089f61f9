using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore;
using OidcProvider.Hosting;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// The page of OAuth 2.0 Form Post Response Mode §2, within our Content-Security-Policy: the script has a nonce, the form may go to
/// the client's origin only, and without scripts there is a button.
/// </summary>
internal sealed class WriteFormPost(HtmlEncoder encoder) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context.ResponseMode != ResponseModes.FormPost || string.IsNullOrEmpty(context.RedirectUri) || context.Transaction.GetHttpRequest()?.HttpContext is not { } http)
        {
            return;
        }

        var target = new Uri(context.RedirectUri);
        http.AllowFormTargets(target.IsDefaultPort ? $"{target.Scheme}://{target.Host}" : $"{target.Scheme}://{target.Host}:{target.Port}");
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(Page(context, http), CancellationToken.None);
        context.HandleRequest();
    }

    private string Page(ApplyAuthorizationResponseContext context, HttpContext http)
    {
        var words = RequestLanguage.WordsOf(http);
        var fields = new StringBuilder();
        foreach (var (name, value) in context.Response.GetParameters())
        {
            if ((string?)value is { Length: > 0 } text)
            {
                fields.Append("<input type=\"hidden\" name=\"").Append(encoder.Encode(name)).Append("\" value=\"").Append(encoder.Encode(text)).Append("\">");
            }
        }

        return $"""
            <!doctype html>
            <html lang="{words.Language.Tag}" dir="{words.Language.Direction}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{encoder.Encode(words["consent.back"])}</title><link rel="icon" href="{http.Request.PathBase}/favicon.svg" type="image/svg+xml"><link rel="stylesheet" href="{http.Request.PathBase}/lib/bootstrap/dist/css/bootstrap.min.css"><link rel="stylesheet" href="{http.Request.PathBase}/site.css"></head>
            <body class="page"><main class="page-main"><div class="card">
            <h1>{encoder.Encode(words["consent.back"])}</h1>
            <p>{encoder.Encode(words["consent.back_text"])}</p>
            <form method="post" action="{encoder.Encode(context.RedirectUri!)}">{fields}<button class="btn btn-primary" type="submit">{encoder.Encode(words["form.continue"])}</button></form></div></main>
            <script nonce="{http.CspNonce()}">document.forms[0].submit();</script>
            </body>
            </html>
            """;
    }
}
