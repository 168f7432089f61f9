using System.Net;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.Mail;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Mail;

/// <summary>Mail that does not get away: tried again later and later, then given up with the reason kept and the words gone.</summary>
public class OutboxTests : ProviderFixture
{
    private readonly Refusing _server = new();

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Email:Transport"] = "Smtp", ["Email:Smtp:Host"] = "127.0.0.1", ["Email:Smtp:Port"] = $"{_server.Port}", ["Email:From"] = "Sign-in <no-reply@example.test>",
    };

    [OneTimeTearDown]
    public void Close() => _server.Dispose();

    [Test]
    public async Task Nothing_is_sent_in_the_clear_and_what_fails_ends_as_a_dead_letter()
    {
        using var browser = Browser();
        var asked = await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", Given.Bob));
        Assert.That(asked.Title, Is.EqualTo("Check your mail"), "no request waits for the mail server");
        var begun = Host.Time.GetUtcNow();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        OutboxMail mail;
        while ((mail = await LookAsync()).FailedAt is null)
        {
            // The scheduler goes by the server's clock.
            Host.Time.Advance(TimeSpan.FromSeconds(20));
            await timer.WaitForNextTickAsync(limit.Token);
        }

        Assert.That(mail.Tries, Is.InRange(6, 9));
        Assert.That(Host.Time.GetUtcNow() - begun, Is.GreaterThan(TimeSpan.FromMinutes(30)), "later and later");
        Assert.That((mail.SentAt, mail.Text, mail.Html), Is.EqualTo(((DateTime?)null, "", "")), "a dead letter keeps no link");
        Assert.That(mail.LastError, Is.Not.Empty);
        Assert.That(_server.Heard, Has.None.StartWith("MAIL FROM").And.None.StartWith("AUTH"), "a server that knows no STARTTLS gets nothing");
        Assert.That(_server.Heard, Has.Some.StartWith("EHLO"));
        Assert.That(Host.Log.Lines, Has.Some.Contain("Gave up a mail").And.None.Contain("token="));
    }

    private async Task<OutboxMail> LookAsync()
    {
        OutboxMail? mail = null;
        await Host.InScopeAsync(async services => mail = await services.GetRequiredService<AppDbContext>().OutboxMails.AsNoTracking().SingleAsync(row => row.Recipient == Given.Bob));
        return mail!;
    }

    /// <summary>A mail server that offers no encryption.</summary>
    private sealed class Refusing : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Refusing()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public System.Collections.Concurrent.ConcurrentQueue<string> Heard { get; } = [];

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            while (true)
            {
                try
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    using var reader = new StreamReader(client.GetStream());
                    await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
                    await writer.WriteLineAsync("220 mail.example.test ESMTP");
                    while (await reader.ReadLineAsync() is { } line)
                    {
                        Heard.Enqueue(line);
                        await writer.WriteLineAsync(line.StartsWith("EHLO", StringComparison.Ordinal) ? "250 mail.example.test" : line == "QUIT" ? "221 bye" : "502 no");
                    }
                }
                catch (IOException)
                {
                }
                catch (Exception fault) when (fault is ObjectDisposedException or SocketException)
                {
                    return;
                }
            }
        }
    }
}

/// <summary>What mails look like.</summary>
public class LetterTests : ProviderFixture
{
    [Test]
    public async Task A_mail_has_words_for_every_reader_and_links_to_the_issuer_only()
    {
        using var browser = Browser();
        await browser.SubmitAsync(await browser.GetAsync("/password/forgot"), null, ("Username", Given.Bob));
        var mail = await new Mailbox(Host).WaitAsync(Given.Bob, "Set a new password");
        Assert.That((mail.TextBody, mail.HtmlBody), Is.Not.EqualTo(((string?)null, (string?)null)));
        Assert.That(mail.Body, Is.InstanceOf<MimeKit.MultipartAlternative>());
        var links = System.Text.RegularExpressions.Regex.Matches(mail.TextBody + mail.HtmlBody, @"https?://[^\s""<]+").Select(match => match.Value).ToList();
        Assert.That(links, Is.Not.Empty.And.All.StartsWith(Host.IssuerValue));
        Assert.That(mail.HtmlBody, Does.Not.Contain("<img").And.Not.Contain("<script"));
        Assert.That(mail.Headers["Auto-Submitted"], Is.EqualTo("auto-generated"));
    }

    [Test]
    public void What_is_put_into_a_mail_is_text()
    {
        var letter = new Letter("A <b>subject</b>", ["<script>alert(1)</script>"], ("Go", "https://x.test/?a=\"b"), ["<img src=x>"], OidcProvider.Languages.Language.English);
        Assert.That(letter.Html(Host.Services.GetRequiredService<OidcProvider.Branding.Brand>()), Does.Not.Contain("<script>").And.Not.Contain("<img").And.Not.Contain("<b>").And.Not.Contain("a=\"b"));
    }
}
