using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Mail;

namespace OidcProvider.Admin.Doctor;

/// <summary>Whether mail could leave, and whether it did.</summary>
internal sealed class MailExamination(Postman postman, AppDbContext database, TimeProvider time) : IExamination
{
    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return await ProbeAsync(cancellation);
        var yesterday = time.GetUtcNow().UtcDateTime.AddDays(-1);
        var failed = await database.OutboxMails.CountAsync(mail => mail.FailedAt > yesterday, cancellation);
        var waiting = await database.OutboxMails.CountAsync(mail => mail.SentAt == null && mail.FailedAt == null, cancellation);
        var words = $"{waiting} waiting, {failed} given up since yesterday";
        yield return failed == 0 ? Finding.Ok("outbox", words) : Finding.Warning("outbox", words, "The server's log says why.");
    }

    private async Task<Finding> ProbeAsync(CancellationToken cancellation)
    {
        try
        {
            return Finding.Ok("mail", await postman.ProbeAsync(cancellation));
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            return Finding.Fault("mail", fault.Message.ReplaceLineEndings(" "), "Check Email:Smtp; without mail nobody can reset a password.");
        }
    }
}
