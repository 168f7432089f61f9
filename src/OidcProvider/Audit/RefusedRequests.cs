using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Audit;

/// <summary>
/// The refused requests of the last day. Bounded three ways: by age, by client and in all, so that a flood of wrong requests neither fills the
/// database nor pushes out what others need.
/// </summary>
internal sealed class RefusedRequests(AppDbContext database, TimeProvider time)
{
    public const int MostOfAClient = 500, MostInAll = 20_000;

    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    public static readonly Problem Unknown = new("request_not_found", "No request of this id was refused in the last 24 hours.", "id");

    /// <summary>What is still within its day, newest first when listed.</summary>
    public IQueryable<RefusedRequest> Known
    {
        get
        {
            var since = time.GetUtcNow().UtcDateTime - KeptFor;
            return database.RefusedRequests.AsNoTracking().Where(row => row.At > since);
        }
    }

    public async Task<ExplainedRequest?> FindAsync(string id, CancellationToken cancellation = default) =>
        await Known.SingleOrDefaultAsync(row => row.Id == id, cancellation) is { } row ? ExplainedRequest.Read(row) : null;

    public async Task KeepAsync(IEnumerable<RefusedRequest> rows, CancellationToken cancellation)
    {
        database.RefusedRequests.AddRange(rows);
        await database.SaveChangesAsync(cancellation);
        database.ChangeTracker.Clear();
    }

    /// <summary>Removes what is too old or too much.</summary>
    /// <param name="clients">Whose requests are counted; null counts those that named no client.</param>
    /// <param name="cancellation">Cancellation.</param>
    public async Task<int> TrimAsync(IEnumerable<string?> clients, CancellationToken cancellation)
    {
        var old = time.GetUtcNow().UtcDateTime - KeptFor;
        var removed = await database.RefusedRequests.Where(row => row.At <= old).ExecuteDeleteAsync(cancellation);
        removed += await KeepNewestAsync(database.RefusedRequests, MostInAll, cancellation);
        foreach (var client in clients)
        {
            removed += await KeepNewestAsync(database.RefusedRequests.Where(row => row.ClientId == client), MostOfAClient, cancellation);
        }

        return removed;
    }

    private static async Task<int> KeepNewestAsync(IQueryable<RefusedRequest> rows, int most, CancellationToken cancellation)
    {
        var edge = await rows.OrderByDescending(row => row.At).Select(row => (DateTime?)row.At).Skip(most).FirstOrDefaultAsync(cancellation);
        return edge is null ? 0 : await rows.Where(row => row.At <= edge).ExecuteDeleteAsync(cancellation);
    }
}
