using System.Text.RegularExpressions;
using MimeKit;

namespace OidcProvider.TestKit;

/// <summary>What the server has mailed, read from its pickup directory.</summary>
public sealed class Mailbox(ProviderHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits for a mail to an address with a word in its subject, as a person would look again.</summary>
    public async Task<MimeMessage> WaitAsync(string recipient, string subject, int number = 1)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!limit.IsCancellationRequested)
        {
            var found = All().Where(mail => mail.To.Mailboxes.Any(to => to.Address == recipient) && mail.Subject?.Contains(subject, StringComparison.Ordinal) == true).ToList();
            if (found.Count >= number)
            {
                return found[number - 1];
            }

            // The scheduler goes by the server's clock.
            host.Time.Advance(TimeSpan.FromSeconds(2));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        throw new TimeoutException($"No mail '{subject}' to {recipient}. There: {string.Join("; ", All().Select(mail => $"{mail.To} {mail.Subject}"))}");
    }

    /// <summary>The link in a mail, without the server's name.</summary>
    public async Task<string> LinkAsync(string recipient, string subject, int number = 1) => LinkOf(await WaitAsync(recipient, subject, number));

    public static string LinkOf(MimeMessage mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return new Uri(Regex.Match(mail.TextBody ?? "", @"https?://\S+").Value).PathAndQuery;
    }

    public IReadOnlyList<MimeMessage> All() =>
        Path.Combine(host.Folder, "mail") is var folder && Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Select(file => MimeMessage.Load(file))] : [];
}
