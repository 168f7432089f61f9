using OidcProvider.Data;

namespace OidcProvider.Clients;

/// <summary>Saves a change to clients or scopes and counts it, in one transaction, so that every node sees both or neither.</summary>
internal static class RegistryChange
{
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
}
