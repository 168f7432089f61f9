using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Admin;

/// <summary>What became of one of many; no fault: done.</summary>
internal sealed record BulkResult(string Name, string? Fault);

/// <summary>What became of all of them.</summary>
/// <param name="Done">The verb when it is done: disabled.</param>
/// <param name="Results">Each of them.</param>
internal sealed record BulkReport(string Done, IReadOnlyList<BulkResult> Results);

/// <summary>Keeps what became of a change to many for an hour, for whoever made it, on every node: the page that shows it can be reloaded and nothing happens again.</summary>
internal sealed class BulkReports(AppDbContext database, MasterKeySource master, TimeProvider time)
{
    private const string Purpose = "bulk-report";

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <returns>What to ask for it by.</returns>
    public async Task<string> KeepAsync(string actor, BulkReport report)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        database.IdempotentAnswers.Add(new IdempotentAnswer
        {
            Id = Id(actor, key), ExpiresAt = time.GetUtcNow().UtcDateTime + Kept, SealedAnswer = master.Key.Seal(JsonSerializer.SerializeToUtf8Bytes(report), Purpose),
        });
        await database.SaveChangesAsync(CancellationToken.None);
        return key;
    }

    public async Task<BulkReport?> FindAsync(string actor, string key, CancellationToken cancellation)
    {
        var (id, now) = (Id(actor, key), time.GetUtcNow().UtcDateTime);
        return await database.IdempotentAnswers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.ExpiresAt > now, cancellation) is { SealedAnswer: { } kept }
            ? JsonSerializer.Deserialize<BulkReport>(master.Key.Open(kept, Purpose))
            : null;
    }

    private static string Id(string actor, string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{actor}\n{Purpose}\n{key}")));
}
