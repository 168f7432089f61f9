using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Clients;

/// <summary>
/// What users allowed clients, remembered until withdrawn. An audit record the caller appended before
/// <see cref="GrantAsync"/> or <see cref="WithdrawAsync"/> commits together with the change.
/// </summary>
internal sealed class ConsentStore(AppDbContext database, TimeProvider time)
{
    public async Task<IReadOnlySet<string>> FindAsync(Guid userId, Guid clientId, CancellationToken cancellation = default)
    {
        var scopes = await database.Consents.AsNoTracking().Where(consent => consent.UserId == userId && consent.ClientId == clientId)
            .Select(consent => consent.Scopes).SingleOrDefaultAsync(cancellation);
        return Split(scopes);
    }

    /// <summary>Adds the scopes to what was allowed before. Two grants at once end with the union of both.</summary>
    public async Task GrantAsync(Guid userId, Guid clientId, IEnumerable<string> scopes, CancellationToken cancellation = default)
    {
        var asked = scopes.ToHashSet(StringComparer.Ordinal);
        const int Attempts = 10;
        for (var attempt = 1; ; attempt++)
        {
            var outer = database.Database.CurrentTransaction;
            await using var transaction = outer is null ? await database.Database.BeginTransactionAsync(cancellation) : null;
            if (await TryGrantAsync(userId, clientId, asked, attempt == Attempts, cancellation))
            {
                if (transaction is not null)
                {
                    await transaction.CommitAsync(cancellation);
                }

                return;
            }
        }
    }

    public async Task<bool> WithdrawAsync(Guid userId, Guid clientId, CancellationToken cancellation = default)
    {
        var outer = database.Database.CurrentTransaction;
        await using var transaction = outer is null ? await database.Database.BeginTransactionAsync(cancellation) : null;
        var withdrawn = await database.Consents.Where(consent => consent.UserId == userId && consent.ClientId == clientId).ExecuteDeleteAsync(cancellation);
        await database.SaveChangesAsync(cancellation);
        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellation);
        }

        return withdrawn > 0;
    }

    private async Task<bool> TryGrantAsync(Guid userId, Guid clientId, HashSet<string> asked, bool last, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var stored = await database.Consents.AsNoTracking().Where(consent => consent.UserId == userId && consent.ClientId == clientId)
            .Select(consent => consent.Scopes).SingleOrDefaultAsync(cancellation);
        if (stored is not null)
        {
            var union = Join(Split(stored).Union(asked));
            // Guarded by what was read: whoever came in between is seen in the next round.
            var changed = await database.Consents.Where(consent => consent.UserId == userId && consent.ClientId == clientId && consent.Scopes == stored)
                .ExecuteUpdateAsync(set => set.SetProperty(consent => consent.Scopes, union).SetProperty(consent => consent.GrantedAt, now), cancellation);
            if (changed == 0)
            {
                return last ? throw new DbUpdateConcurrencyException("The consent kept changing.") : false;
            }

            await database.SaveChangesAsync(cancellation);
            return true;
        }

        var row = new Consent { UserId = userId, ClientId = clientId, Scopes = Join(asked), GrantedAt = now };
        database.Consents.Add(row);
        try
        {
            await database.SaveChangesAsync(cancellation);
            return true;
        }
        catch (DbUpdateException) when (!last)
        {
            database.Entry(row).State = EntityState.Detached;
            return false;
        }
    }

    private static HashSet<string> Split(string? scopes) =>
        (scopes ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    private static string Join(IEnumerable<string> scopes) => string.Join(' ', scopes.Order(StringComparer.Ordinal));
}
