using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using Quartz;

namespace OidcProvider.Mail;

/// <summary>
/// Sends what the outbox owes: each mail by one node at a time (it takes the row for a while first), again later when it fails, and not at
/// all any more once it is too old or has failed too often.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class SendMailJob(AppDbContext database, Postman postman, TimeProvider time, ILogger<SendMailJob> logger) : IJob
{
    public const string Schedule = "0/2 * * * * ?";
    private const int Batch = 50, MostTries = 8;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var due = await database.OutboxMails.AsNoTracking().Where(mail => mail.SentAt == null && mail.FailedAt == null && mail.NextTryAt <= now)
            .OrderBy(mail => mail.NextTryAt).Take(Batch).ToListAsync(cancellationToken);
        context.Result = due.Count > 0 ? $"{due.Count} mails tried" : null;
        foreach (var mail in due)
        {
            if (await database.OutboxMails.Where(row => row.Id == mail.Id && row.SentAt == null && row.NextTryAt <= now)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.NextTryAt, now + Lease).SetProperty(row => row.Tries, row => row.Tries + 1), cancellationToken) == 1)
            {
                await SendAsync(mail, now, cancellationToken);
            }
        }
    }

    private async Task SendAsync(OutboxMail mail, DateTime now, CancellationToken cancellation)
    {
        if (mail.ExpiresAt <= now)
        {
            await GiveUpAsync(mail, now, "expired");
            return;
        }

        try
        {
            await postman.DeliverAsync(mail, cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            var tries = mail.Tries + 1;
            logger.LogWarning("A mail could not be sent at try {Try}: {Reason}", tries, fault.Message);
            if (tries >= MostTries)
            {
                await GiveUpAsync(mail, now, fault.Message);
                return;
            }

            // 30 s, 1 min, 2 min … half an hour, with a fifth of chance so that not all come back at once.
            var wait = TimeSpan.FromSeconds(Math.Min(30 * Math.Pow(2, tries - 1), 1800) * (1 + (RandomNumberGenerator.GetInt32(200) / 1000.0)));
            var error = fault.Message.Length <= 500 ? fault.Message : fault.Message[..500];
            await database.OutboxMails.Where(row => row.Id == mail.Id)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.NextTryAt, now + wait).SetProperty(row => row.LastError, error), CancellationToken.None);
            return;
        }

        // What was in it is nobody's business any more.
        await database.OutboxMails.Where(row => row.Id == mail.Id).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.SentAt, now).SetProperty(row => row.Text, "").SetProperty(row => row.Html, ""), CancellationToken.None);
    }

    private async Task GiveUpAsync(OutboxMail mail, DateTime now, string reason)
    {
        logger.LogError("Gave up a mail after {Tries} tries: {Reason}", mail.Tries + 1, reason);
        var error = reason.Length <= 500 ? reason : reason[..500];
        await database.OutboxMails.Where(row => row.Id == mail.Id).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.FailedAt, now).SetProperty(row => row.LastError, error).SetProperty(row => row.Text, "").SetProperty(row => row.Html, ""), CancellationToken.None);
    }
}
