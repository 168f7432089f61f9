using System.Net;
using System.Text;
using OidcProvider.Branding;
using OidcProvider.Data;
using OidcProvider.Languages;

namespace OidcProvider.Mail;

/// <summary>What a mail says: paragraphs, and one link as a button.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Before">Paragraphs before the link.</param>
/// <param name="Link">Where the button leads, with its words.</param>
/// <param name="After">Paragraphs after it.</param>
/// <param name="Language">What it is written in.</param>
internal sealed record Letter(string Subject, IReadOnlyList<string> Before, (string Words, string Url)? Link, IReadOnlyList<string> After, Language Language)
{
    /// <summary>The letter under a key of the words: <c>subject</c>, <c>text</c>, with a link its <c>button</c>, and <c>after</c> if there is more to say.</summary>
    public static Letter Of(Words words, string key, string? url = null, params (string Name, object? Value)[] values) => new(
        words[$"{key}.subject"],
        [words[$"{key}.text", values]],
        url is null ? null : (words[$"{key}.button"], url),
        words.Has($"{key}.after") ? [words[$"{key}.after", values]] : [],
        words.Language);

    public string Text(Brand brand)
    {
        var text = new StringBuilder();
        foreach (var paragraph in Before)
        {
            text.Append(paragraph).Append("\n\n");
        }

        if (Link is { } link)
        {
            text.Append(link.Words).Append(":\n").Append(link.Url).Append("\n\n");
        }

        foreach (var paragraph in After)
        {
            text.Append(paragraph).Append("\n\n");
        }

        return text.Append("-- \n").Append(Signature(brand)).Append('\n').ToString();
    }

    private static string Signature(Brand brand) => brand.Footer is { } footer ? $"{brand.Name}\n{footer}" : brand.Name;

    public string Html(Brand brand)
    {
        var html = new StringBuilder("<!doctype html><html lang=\"").Append(Language.Tag).Append("\" dir=\"").Append(Language.Direction).Append("\"><body style=\"margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#17211e;background:#f3f5f4\"><div style=\"max-width:480px;margin:auto;padding:32px;background:#fff;border-radius:10px\">");
        html.Append("<h1 style=\"margin:0 0 16px;font-size:20px\">").Append(WebUtility.HtmlEncode(Subject)).Append("</h1>");
        foreach (var paragraph in Before)
        {
            html.Append("<p>").Append(WebUtility.HtmlEncode(paragraph)).Append("</p>");
        }

        if (Link is { } link)
        {
            html.Append("<p style=\"margin:24px 0\"><a style=\"display:inline-block;padding:12px 20px;border-radius:8px;text-decoration:none;font-weight:600;color:").Append(brand.Colors.LightText).Append(";background:").Append(brand.Colors.Light).Append("\" href=\"")
                .Append(WebUtility.HtmlEncode(link.Url)).Append("\">").Append(WebUtility.HtmlEncode(link.Words)).Append("</a></p>");
        }

        foreach (var paragraph in After)
        {
            html.Append("<p style=\"color:#53605b\">").Append(WebUtility.HtmlEncode(paragraph)).Append("</p>");
        }

        return html.Append("<p style=\"margin:24px 0 0;font-size:13px;color:#53605b\">").Append(WebUtility.HtmlEncode(Signature(brand)).Replace("\n", "<br>", StringComparison.Ordinal)).Append("</p></div></body></html>").ToString();
    }
}

/// <summary>
/// Mails that are owed, appended through the caller's context, so that one is owed exactly when what it tells of was committed. No request
/// waits for a mail server.
/// </summary>
internal sealed class Outbox(AppDbContext database, Brand brand, TimeProvider time)
{
    private static readonly TimeSpan Worth = TimeSpan.FromDays(2);

    /// <param name="recipient">The address. One mailbox; what it came from has been checked.</param>
    /// <param name="letter">What it says.</param>
    /// <param name="worth">How long it is worth sending: the life of the link in it.</param>
    public void Append(string recipient, Letter letter, TimeSpan? worth = null)
    {
        var now = time.GetUtcNow().UtcDateTime;
        database.OutboxMails.Add(new OutboxMail
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Recipient = recipient,
            Subject = letter.Subject,
            Text = letter.Text(brand),
            Html = letter.Html(brand),
            CreatedAt = now,
            NextTryAt = now,
            ExpiresAt = now + (worth ?? Worth),
        });
    }
}
