using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>Saves a change to clients or scopes and counts it, in one transaction, so that every node sees both or neither.</summary>
internal static class RegistryChange
{
    public const string Changed = "client_changed";

    public static async Task SaveAsync(AppDbContext database, RegistrySnapshot snapshot, CancellationToken cancellation)
    {
        await using var transaction = database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellation) : null;
        await ChangeWatch.CountAsync(database, cancellation);
        await database.SaveChangesAsync(cancellation);
        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellation);
        }

        // A caller with a transaction of its own commits later; its watch then sees the new count.
        snapshot.Invalidate();
    }

    /// <summary>Saves a changed client under a new version. A problem when somebody else changed it meanwhile.</summary>
    public static async Task<Problem?> SaveAsync(AppDbContext database, RegistrySnapshot snapshot, Client row, DateTime now, CancellationToken cancellation)
    {
        var (seen, within) = (row.ConcurrencyToken, database.Database.CurrentTransaction is not null);
        row.UpdatedAt = now;
        row.ConcurrencyToken = Guid.NewGuid().ToString();
        try
        {
            await SaveAsync(database, snapshot, cancellation);
            return null;
        }
        catch (DbUpdateException fault)
        {
            database.ChangeTracker.Clear();
            // A row that hangs on the client may have been written by both, and met before the version is.
            if (fault is DbUpdateConcurrencyException || (!within && !await database.Clients.AnyAsync(client => client.Id == row.Id && client.ConcurrencyToken == seen, cancellation)))
            {
                return Overtaken();
            }

            throw;
        }
    }

    /// <summary>Null when the client still is the one the caller has seen, or when the caller does not care.</summary>
    public static Problem? Fault(Client row, string? expected) => expected is null || expected == row.ConcurrencyToken ? null : Overtaken();

    private static Problem Overtaken() => new(Changed, "was changed by someone else meanwhile; read it again and retry", "client_id");
}
