using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.ApiKeys;

/// <summary>Which keys a list shows. <paramref name="After"/> is the last one of the page before.</summary>
internal sealed record ApiKeyFilter(string? Search = null, string? State = null, Guid? UserId = null, (DateTime CreatedAt, Guid Id)? After = null, bool OldestFirst = false, int Take = 50);

/// <summary>Lists of API keys, newest first. One query whatever the filter.</summary>
internal static class ApiKeyLists
{
    public static async Task<IReadOnlyList<ApiKeyView>> ListAsync(AppDbContext database, ApiKeyFilter filter, DateTime now, CancellationToken cancellation = default)
    {
        var rows = from key in database.ApiKeys.AsNoTracking()
                   join user in database.Users on key.UserId equals user.Id
                   select new { Key = key, user.Email, user.NormalizedEmail, Barred = user.DisabledAt != null };
        if (filter.UserId is { } owner)
        {
            rows = rows.Where(row => row.Key.UserId == owner);
        }

        if (!string.IsNullOrWhiteSpace(filter.Search))
        {
            var (text, address) = (filter.Search.Trim(), filter.Search.Trim().ToUpperInvariant());
            rows = rows.Where(row => row.Key.Name.Contains(text) || row.Key.Prefix.Contains(text) || row.NormalizedEmail!.Contains(address));
        }

        rows = filter.State switch
        {
            ApiKeyView.Active => rows.Where(row => row.Key.RevokedAt == null && row.Key.ExpiresAt > now && !row.Barred),
            ApiKeyView.Expired => rows.Where(row => row.Key.RevokedAt == null && row.Key.ExpiresAt <= now),
            ApiKeyView.Revoked => rows.Where(row => row.Key.RevokedAt != null),
            ApiKeyView.Suspended => rows.Where(row => row.Key.RevokedAt == null && row.Key.ExpiresAt > now && row.Barred),
            _ => rows,
        };
        if (filter.After is var (at, id))
        {
            rows = filter.OldestFirst
                ? rows.Where(row => row.Key.CreatedAt > at || (row.Key.CreatedAt == at && row.Key.Id.CompareTo(id) > 0))
                : rows.Where(row => row.Key.CreatedAt < at || (row.Key.CreatedAt == at && row.Key.Id.CompareTo(id) < 0));
        }

        rows = filter.OldestFirst ? rows.OrderBy(row => row.Key.CreatedAt).ThenBy(row => row.Key.Id) : rows.OrderByDescending(row => row.Key.CreatedAt).ThenByDescending(row => row.Key.Id);
        var found = await rows.Take(filter.Take).ToListAsync(cancellation);
        return [.. found.Select(row => ApiKeyView.Of(row.Key, row.Email, row.Barred, now))];
    }

    public static async Task<ApiKeyView?> FindAsync(AppDbContext database, Guid id, DateTime now, CancellationToken cancellation = default) =>
        await (from key in database.ApiKeys.AsNoTracking() join user in database.Users on key.UserId equals user.Id where key.Id == id select new { key, user.Email, Barred = user.DisabledAt != null })
            .SingleOrDefaultAsync(cancellation) is { } row ? ApiKeyView.Of(row.key, row.Email, row.Barred, now) : null;
}
