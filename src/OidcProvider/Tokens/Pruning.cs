using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Keys;

namespace OidcProvider.Tokens;

/// <summary>How many rows of each kind a run removed.</summary>
internal sealed record Pruned(int Tokens, int Grants, int RevokedAccessTokens, int Sessions, int SignIn, int Keys)
{
    public int Total => Tokens + Grants + RevokedAccessTokens + Sessions + SignIn + Keys;
}

/// <summary>
/// Removes what has expired. Expiry is checked wherever a thing is used; this only tidies up, in small batches along the indexes, and
/// rests between them, so that no request waits for it. A used refresh token stays until it would have expired, which is as long as a
/// replay can be told from a stale token.
/// </summary>
internal sealed class Pruning(AppDbContext database, KeyRing keys, TimeProvider time)
{
    // SQLite has one writer: a batch is as long as a request may have to wait.
    private const int Batch = 100, Page = 1000;

    // Of ten parts of the time nine belong to the requests.
    private const int RestForWork = 9;

    // Clocks of nodes may differ, and an access token of a grant without rows lives a day at most.
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1), LongestAccessToken = TimeSpan.FromDays(1);

    public async Task<Pruned> RunAsync(CancellationToken cancellation)
    {
        var expired = time.GetUtcNow().UtcDateTime - Margin;
        var tokens = await RepeatAsync(() => database.Tokens.Where(row => row.ExpirationDate < expired).OrderBy(row => row.ExpirationDate).Take(Batch), cancellation);
        var grants = await GrantsAsync(expired - LongestAccessToken, cancellation);
        var revoked = await RepeatAsync(() => database.RevokedAccessTokens.Where(row => row.ExpiresAt < expired).OrderBy(row => row.ExpiresAt).Take(Batch), cancellation);
        var sessions = await RepeatAsync(() => database.Sessions.Where(row => row.ExpiresAt < expired).OrderBy(row => row.ExpiresAt).Take(Batch), cancellation);
        var signIn = await SignInAsync(expired, cancellation);
        return new Pruned(tokens, grants, revoked, sessions, signIn, await keys.PruneAsync(cancellation));
    }

    // Found by reading and removed by id: nobody must wait to write while grants that are still needed are passed over. Grants of the very
    // same tick as the last of a page are left for the next run.
    private async Task<int> GrantsAsync(DateTime before, CancellationToken cancellation)
    {
        var (total, from) = (0, DateTime.UnixEpoch);
        while (true)
        {
            var page = await database.Authorizations.AsNoTracking().Where(row => row.CreationDate > from && row.CreationDate < before).OrderBy(row => row.CreationDate).Take(Page)
                .Select(row => new { row.Id, row.CreationDate, IsOver = !row.Tokens.Any() }).ToListAsync(cancellation);
            foreach (var ids in page.Where(row => row.IsOver).Select(row => row.Id).Chunk(Batch))
            {
                var began = Stopwatch.GetTimestamp();
                total += await database.Authorizations.Where(row => ids.Contains(row.Id) && !row.Tokens.Any()).ExecuteDeleteAsync(cancellation);
                await RestAsync(began, cancellation);
            }

            if (page.Count < Page)
            {
                return total;
            }

            from = page[^1].CreationDate!.Value;
        }
    }

    // Counted tries, second steps not taken, links, ceremonies and kept answers that are over, mail that is long gone, browsers not seen for a year.
    private async Task<int> SignInAsync(DateTime expired, CancellationToken cancellation)
    {
        var month = expired.AddDays(-30);
        var year = expired.AddDays(-365);
        return await RepeatAsync(() => database.Attempts.Where(row => row.WindowEndsAt < expired).OrderBy(row => row.WindowEndsAt).Take(Batch), cancellation)
            + await RepeatAsync(() => database.PendingSignIns.Where(row => row.ExpiresAt < expired).OrderBy(row => row.ExpiresAt).Take(Batch), cancellation)
            + await RepeatAsync(() => database.MailedLinks.Where(row => row.ExpiresAt < expired).OrderBy(row => row.ExpiresAt).Take(Batch), cancellation)
            + await RepeatAsync(() => database.Ceremonies.Where(row => row.ExpiresAt < expired).OrderBy(row => row.ExpiresAt).Take(Batch), cancellation)
            + await RepeatAsync(() => database.OutboxMails.Where(row => row.ExpiresAt < month).OrderBy(row => row.ExpiresAt).Take(Batch), cancellation)
            + await RepeatAsync(() => database.IdempotentAnswers.Where(row => row.ExpiresAt < expired).OrderBy(row => row.ExpiresAt).Take(Batch), cancellation)
            + await RepeatAsync(() => database.KnownDevices.Where(row => row.LastSeenAt < year).OrderBy(row => row.LastSeenAt).Take(Batch), cancellation);
    }

    private static async Task<int> RepeatAsync<T>(Func<IQueryable<T>> batch, CancellationToken cancellation) where T : class
    {
        for (var total = 0; ;)
        {
            var began = Stopwatch.GetTimestamp();
            var removed = await batch().ExecuteDeleteAsync(cancellation);
            total += removed;
            if (removed < Batch)
            {
                return total;
            }

            await RestAsync(began, cancellation);
        }
    }

    private static Task RestAsync(long began, CancellationToken cancellation) => Task.Delay(Stopwatch.GetElapsedTime(began) * RestForWork, cancellation);
}
