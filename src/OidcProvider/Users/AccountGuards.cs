using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Users;

/// <summary>
/// Counts failed sign-ins in a row and locks an account that has too many. Every step is one conditional UPDATE in a row of its own, so
/// that parallel guesses on several nodes are all counted and exactly one of them locks.
/// </summary>
internal sealed class AccountGuards(AppDbContext database, TimeProvider time)
{
    public Task<bool> IsLockedAsync(Guid userId)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return database.AccountGuards.AnyAsync(row => row.UserId == userId && row.LockedUntil > now);
    }

    /// <summary>Counts a failure. True when it is the one that locks the account: its owner is to be told.</summary>
    public async Task<bool> FailAsync(Guid userId, int lockAfter, TimeSpan lockFor)
    {
        var now = time.GetUtcNow().UtcDateTime;
        // A lock that time has ended begins the count anew.
        await database.AccountGuards.Where(row => row.UserId == userId && row.LockedUntil <= now)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Failures, 0).SetProperty(row => row.LockedUntil, (DateTime?)null));
        if (await database.AccountGuards.Where(row => row.UserId == userId).ExecuteUpdateAsync(update => update.SetProperty(row => row.Failures, row => row.Failures + 1)) == 0)
        {
            await AddAsync(userId);
        }

        var until = now + lockFor;
        return await database.AccountGuards.Where(row => row.UserId == userId && row.LockedUntil == null && row.Failures >= lockAfter)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.LockedUntil, until)) == 1;
    }

    /// <summary>Does for a name without an account, under a count of its own, what <see cref="FailAsync"/> does for one, statement by statement.</summary>
    public async Task<bool> FailNobodyAsync(string key, int lockAfter, TimeSpan lockFor)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var until = now + lockFor;
        await database.Attempts.Where(row => row.Id == key && row.WindowEndsAt <= now)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Count, 0).SetProperty(row => row.WindowEndsAt, until));
        if (await database.Attempts.Where(row => row.Id == key).ExecuteUpdateAsync(update => update.SetProperty(row => row.Count, row => row.Count + 1)) == 0)
        {
            var first = new Attempt { Id = key, Count = 1, WindowEndsAt = until };
            database.Attempts.Add(first);
            await SaveFirstAsync(first);
        }

        return await database.Attempts.Where(row => row.Id == key && row.Count == lockAfter)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Count, row => row.Count + 1)) == 1;
    }

    public Task<bool> IsNobodyLockedAsync(string key, int lockAfter)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return database.Attempts.AnyAsync(row => row.Id == key && row.Count >= lockAfter && row.WindowEndsAt > now);
    }

    /// <summary>Forgets failures and lock. True when there was a lock.</summary>
    public async Task<bool> ClearAsync(Guid userId)
    {
        var locked = await IsLockedAsync(userId);
        await database.AccountGuards.Where(row => row.UserId == userId && (row.Failures > 0 || row.LockedUntil != null))
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Failures, 0).SetProperty(row => row.LockedUntil, (DateTime?)null));
        return locked;
    }

    private async Task AddAsync(Guid userId)
    {
        var row = new AccountGuard { UserId = userId, Failures = 1 };
        database.AccountGuards.Add(row);
        if (!await SaveFirstAsync(row))
        {
            await database.AccountGuards.Where(guard => guard.UserId == userId).ExecuteUpdateAsync(update => update.SetProperty(guard => guard.Failures, guard => guard.Failures + 1));
        }
    }

    /// <returns>False: another try's first failure was faster.</returns>
    private async Task<bool> SaveFirstAsync(object row)
    {
        try
        {
            await database.SaveChangesAsync();
            return true;
        }
        catch (DbUpdateException)
        {
            return false;
        }
        finally
        {
            database.Entry(row).State = EntityState.Detached;
        }
    }
}
