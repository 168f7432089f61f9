using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Tokens;

/// <summary>How many rows of each kind a run removed.</summary>
internal sealed record Pruned(int Tokens, int Grants, int RevokedAccessTokens, int Sessions, int SignIn)
{
    public int Total => Tokens + Grants + RevokedAccessTokens + Sessions + SignIn;
}

/// <summary>
/// Removes what has expired. Expiry is checked wherever a thing is used; this only tidies up, in small batches along the indexes, so
/// that no request waits for it. A used refresh token stays until it would have expired, which is as long as a replay can be told
/// from a stale token.
/// </summary>
internal sealed class Pruning(AppDbContext database, TimeProvider time)
{
    private const int Batch = 1000;

    // Clocks of nodes may differ, and an access token of a grant without rows lives a day at most.
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1), LongestAccessToken = TimeSpan.FromDays(1);

    public async Task<Pruned> RunAsync(CancellationToken cancellation)
    {
        var expired = time.GetUtcNow().UtcDateTime - Margin;
        var oldGrant = expired - LongestAccessToken;
        var tokens = await RepeatAsync(() => database.Tokens.Where(row => row.ExpirationDate < expired).OrderBy(row => row.ExpirationDate).Take(Batch), cancellation);
        var grants = await RepeatAsync(() => database.Authorizations.Where(row => row.CreationDate < oldGrant && !row.Tokens.Any()).OrderBy(row => row.CreationDate).Take(Batch), cancellation);
        var revoked = await RepeatAsync(() => database.RevokedAccessTokens.Where(row => row.ExpiresAt < expired).OrderBy(row => row.ExpiresAt).Take(Batch), cancellation);
        var sessions = await RepeatAsync(() => database.Sessions.Where(row => row.ExpiresAt < expired).OrderBy(row => row.ExpiresAt).Take(Batch), cancellation);
        var signIn = await SignInAsync(expired, cancellation);
        return new Pruned(tokens, grants, revoked, sessions, signIn);
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
            var removed = await batch().ExecuteDeleteAsync(cancellation);
            total += removed;
            if (removed < Batch)
            {
                return total;
            }
        }
    }
}
