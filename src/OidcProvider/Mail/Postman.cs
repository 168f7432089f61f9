using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Mail;

/// <summary>Hands one mail over: to a mail server, or as a file to a pickup directory.</summary>
internal sealed class Postman(IOptions<MailOptions> options, IssuerUri issuer)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task DeliverAsync(OutboxMail mail, CancellationToken cancellation)
    {
        using var message = Message(mail);
        if (options.Value.Transport is MailTransport.Directory)
        {
            await WriteAsync(mail.Id, message, cancellation);
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var client = await ConnectAsync(limit.Token);
        await client.SendAsync(message, limit.Token);
        await client.DisconnectAsync(quit: true, limit.Token);
    }

    /// <summary>Whether mail could leave now, in words. Throws what would keep it.</summary>
    public async Task<string> ProbeAsync(CancellationToken cancellation)
    {
        if (options.Value.Transport is MailTransport.Directory)
        {
            var folder = Path.GetFullPath(options.Value.Directory);
            PrivateFile.EnsureFolder(folder);
            return $"files in {folder}";
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var client = await ConnectAsync(limit.Token);
        await client.DisconnectAsync(quit: true, limit.Token);
        return $"{options.Value.Smtp.Host}:{options.Value.Smtp.Port} takes mail";
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellation)
    {
        var smtp = options.Value.Smtp;
        var client = new SmtpClient();
        var security = smtp.Security switch
        {
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            SmtpSecurity.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };
        await client.ConnectAsync(smtp.Host!, smtp.Port, security, cancellation);
        if (!string.IsNullOrEmpty(smtp.Username))
        {
            await client.AuthenticateAsync(smtp.Username, smtp.Password ?? "", cancellation);
        }

        return client;
    }

    private MimeMessage Message(OutboxMail mail)
    {
        var message = new MimeMessage
        {
            Subject = mail.Subject,
            Body = new BodyBuilder { TextBody = mail.Text, HtmlBody = mail.Html }.ToMessageBody(),
            Date = new DateTimeOffset(mail.CreatedAt),
            // The same for every try, so that a mail sent twice is seen as one.
            MessageId = $"{mail.Id:N}@{issuer.Host.Host}",
        };
        message.From.Add(MailboxAddress.Parse(options.Value.From));
        message.To.Add(new MailboxAddress(null, mail.Recipient));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    // Under its name only when whole, so that whoever picks it up never reads half of it.
    private async Task WriteAsync(Guid id, MimeMessage message, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(options.Value.Directory);
        PrivateFile.EnsureFolder(folder);
        var path = Path.Combine(folder, $"{id:N}.eml");
        await message.WriteToAsync($"{path}.tmp", cancellation);
        File.Move($"{path}.tmp", path, overwrite: true);
    }
}
