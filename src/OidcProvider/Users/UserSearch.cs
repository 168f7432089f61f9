using System.Globalization;
using System.Linq.Expressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Users;

/// <summary>The orders of a list of users. <see cref="Natural"/> is the one that is quickest for the filter: users of a role by age of account, barred and locked ones the latest first.</summary>
internal enum UserOrder
{
    Natural,
    Email,
    Name,
    CreatedAt,
}

/// <summary>Which users, in which order, from where on.</summary>
internal sealed record UserQuery
{
    /// <summary>The beginning of an address, a full name or a family name, or an id. The order is then that of the match.</summary>
    public string? Text { get; init; }

    public string? Role { get; init; }

    public bool? Disabled { get; init; }

    public bool? Locked { get; init; }

    public bool? SecondFactor { get; init; }

    public bool? EmailVerified { get; init; }

    public UserOrder Order { get; init; }

    public bool Descending { get; init; }

    public Position? After { get; init; }

    public int Take { get; init; } = 50;
}

/// <summary>One line of a list of users.</summary>
internal sealed record UserRow(User User, IReadOnlyList<string> Roles, bool SecondFactor, DateTime? LockedUntil);

/// <summary>
/// Finds users among a million: every order is an index, every page begins where the one before ended, and what a line shows beside the account
/// is read once for the whole page.
/// </summary>
internal sealed class UserSearch(AppDbContext database, ILookupNormalizer normalizer, TimeProvider time)
{
    // What a text may be the beginning of, in the order in which matches are shown.
    private static readonly Expression<Func<User, string?>>[] Searched = [user => user.NormalizedEmail, user => user.NormalizedName, user => user.NormalizedFamilyName];

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    public async Task<Found<UserRow>> ListAsync(UserQuery query, CancellationToken cancellation = default)
    {
        var found = !string.IsNullOrWhiteSpace(query.Text) ? await MatchAsync(query, query.Text.Trim(), cancellation) : await WalkAsync(query, cancellation);
        return new(await RowsAsync(found.Rows, cancellation), found.Next);
    }

    /// <summary>All matches, page by page, for who writes them somewhere.</summary>
    public async IAsyncEnumerable<UserRow> AllAsync(UserQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Found<UserRow> page;
        do
        {
            page = await ListAsync(query with { Take = 500 }, cancellation);
            foreach (var row in page.Rows)
            {
                yield return row;
            }

            query = query with { After = page.Next };
        }
        while (page.Next is not null);
    }

    private async Task<Found<User>> MatchAsync(UserQuery query, string text, CancellationToken cancellation)
    {
        if (Guid.TryParse(text, out var id))
        {
            return new(await Filtered(query).Where(user => user.Id == id).ToListAsync(cancellation), null);
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            // No database can hold it, so nobody is called that.
            return new([], null);
        }

        var from = normalizer.NormalizeName(text)!;
        var to = from + '\uffff';
        List<User> all = [];
        var (phase, value) = Phase(query.After);
        for (; phase < Searched.Length; phase++, value = null)
        {
            var matches = Within(Filtered(query), Searched[phase], from, to);
            // Whoever matched by an earlier field was shown there.
            matches = Searched.Take(phase).Aggregate(matches, (rows, field) => Outside(rows, field, from, to));
            matches = matches.After(Searched[phase], user => user.Id, value is null ? null : (value, query.After!.Id));
            var page = await matches.OrderBy(Searched[phase]).ThenBy(user => user.Id).Take(query.Take + 1 - all.Count).ToListAsync(cancellation);
            var full = all.Count + page.Count > query.Take;
            if (full && page.Count == 1)
            {
                // The one too many begins this field: the next page begins with it, after nothing.
                return new(all, new($"{phase}{from}", Guid.Empty));
            }

            if (full)
            {
                return new([.. all, .. page.SkipLast(1)], new($"{phase}{Matched(page[^2], phase)}", page[^2].Id));
            }

            all.AddRange(page);
        }

        return new(all, null);
    }

    private static string? Matched(User user, int phase) => phase switch { 0 => user.NormalizedEmail, 1 => user.NormalizedName, _ => user.NormalizedFamilyName };

    private static (int Phase, string? Value) Phase(Position? after) =>
        after?.Value is { Length: > 0 } text && text[0] - '0' is var phase && phase >= 0 && phase < Searched.Length ? (phase, text[1..]) : (0, null);

#pragma warning disable CA1309, CA1310 // Becomes SQL; how the columns are compared is set in the model.
    private static IQueryable<User> Within(IQueryable<User> rows, Expression<Func<User, string?>> field, string from, string to) =>
        rows.Where(Condition(field, value => string.Compare(value, from) >= 0 && string.Compare(value, to) < 0));

    private static IQueryable<User> Outside(IQueryable<User> rows, Expression<Func<User, string?>> field, string from, string to) =>
        rows.Where(Condition(field, value => value == null || string.Compare(value, from) < 0 || string.Compare(value, to) >= 0));
#pragma warning restore CA1309, CA1310

    private static Expression<Func<User, bool>> Condition(Expression<Func<User, string?>> field, Expression<Func<string?, bool>> test) =>
        Expression.Lambda<Func<User, bool>>(new Keyset.Rename(test.Parameters[0], field.Body).Visit(test.Body), field.Parameters[0]);

    private async Task<Found<User>> WalkAsync(UserQuery query, CancellationToken cancellation)
    {
        var (after, descending) = (query.After, query.Descending);
        var at = after?.Value is { } text && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var parsed) ? parsed : (DateTime?)null;
        (DateTime, Guid)? moment = at is { } begun ? (begun, after!.Id) : null;
        switch (query.Order)
        {
            case UserOrder.Natural when query.Role is not null:
                return await ByRoleAsync(query, query.Role, cancellation);

            case UserOrder.Natural when query.Disabled == true:
                var barred = Filtered(query).After(user => user.DisabledAt, user => user.Id, at is null ? null : (at, after!.Id), descending: true);
                return Page(await barred.OrderByDescending(user => user.DisabledAt).ThenByDescending(user => user.Id).Take(query.Take + 1).ToListAsync(cancellation), query.Take, user => Iso(user.DisabledAt!.Value));

            case UserOrder.Natural when query.Locked == true:
                return await ByLockAsync(query, at is null ? null : (at, after!.Id), cancellation);

            case UserOrder.CreatedAt:
                var aged = Filtered(query).After(user => user.CreatedAt, user => user.Id, moment, descending);
                return Page(await Ordered(aged, user => user.CreatedAt, descending).Take(query.Take + 1).ToListAsync(cancellation), query.Take, user => Iso(user.CreatedAt));

            case UserOrder.Name:
                // Who has no name is not in this list.
                var named = Filtered(query).Where(user => user.NormalizedName != null).After(user => user.NormalizedName, user => user.Id, after?.Value is { } name ? (name, after.Id) : null, descending);
                return Page(await Ordered(named, user => user.NormalizedName, descending).Take(query.Take + 1).ToListAsync(cancellation), query.Take, user => user.NormalizedName!);

            default:
                var all = Filtered(query).After(user => user.NormalizedEmail, user => user.Id, after?.Value is { } email ? (email, after.Id) : null, descending);
                return Page(await Ordered(all, user => user.NormalizedEmail, descending).Take(query.Take + 1).ToListAsync(cancellation), query.Take, user => user.NormalizedEmail!);
        }
    }

    private async Task<Found<User>> ByRoleAsync(UserQuery query, string name, CancellationToken cancellation)
    {
        var normalized = normalizer.NormalizeName(name);
        var role = await database.Roles.Where(row => row.NormalizedName == normalized).Select(row => row.Id).SingleOrDefaultAsync(cancellation);
        var last = query.After?.Id ?? Guid.Empty;
        var users = Filtered(query with { Role = null });
        var page = await database.UserRoles.Where(link => link.RoleId == role && link.UserId > last)
            .Join(users, link => link.UserId, user => user.Id, (link, user) => new { link.UserId, User = user })
            .OrderBy(pair => pair.UserId).Select(pair => pair.User).Take(query.Take + 1).ToListAsync(cancellation);
        return Page(page, query.Take, _ => "");
    }

    private async Task<Found<User>> ByLockAsync(UserQuery query, (DateTime?, Guid)? after, CancellationToken cancellation)
    {
        var now = Now;
        var page = await database.AccountGuards.Where(guard => guard.LockedUntil > now).After(guard => guard.LockedUntil, guard => guard.UserId, after, descending: true)
            .Join(Filtered(query with { Locked = null }), guard => guard.UserId, user => user.Id, (guard, user) => new { guard.LockedUntil, guard.UserId, User = user })
            .OrderByDescending(pair => pair.LockedUntil).ThenByDescending(pair => pair.UserId).Take(query.Take + 1).ToListAsync(cancellation);
        return page.Count <= query.Take
            ? new([.. page.Select(pair => pair.User)], null)
            : new([.. page.Take(query.Take).Select(pair => pair.User)], new(Iso(page[query.Take - 1].LockedUntil!.Value), page[query.Take - 1].UserId));
    }

    private IQueryable<User> Filtered(UserQuery query)
    {
        var (users, now) = (database.Users.AsNoTracking(), Now);
        if (normalizer.NormalizeName(query.Role) is { } role)
        {
            users = users.Where(user => database.UserRoles.Any(link => link.UserId == user.Id && database.Roles.Any(row => row.Id == link.RoleId && row.NormalizedName == role)));
        }

        users = query.Disabled is { } disabled ? users.Where(user => user.DisabledAt != null == disabled) : users;
        users = query.EmailVerified is { } verified ? users.Where(user => user.EmailConfirmed == verified) : users;
        users = query.Locked is { } locked ? users.Where(user => database.AccountGuards.Any(guard => guard.UserId == user.Id && guard.LockedUntil > now) == locked) : users;
        return query.SecondFactor is { } factor
            ? users.Where(user => (database.Authenticators.Any(row => row.UserId == user.Id && row.ConfirmedAt != null) || database.UserPasskeys.Any(row => row.UserId == user.Id)) == factor)
            : users;
    }

    private async Task<List<UserRow>> RowsAsync(IReadOnlyList<User> users, CancellationToken cancellation)
    {
        var (ids, now) = (users.Select(user => user.Id).ToList(), Now);
        var roles = (await database.UserRoles.Where(link => ids.Contains(link.UserId)).Join(database.Roles, link => link.RoleId, role => role.Id, (link, role) => new { link.UserId, role.Name }).ToListAsync(cancellation)).ToLookup(pair => pair.UserId, pair => pair.Name!);
        var factors = (await database.Authenticators.Where(row => ids.Contains(row.UserId) && row.ConfirmedAt != null).Select(row => row.UserId)
            .Union(database.UserPasskeys.Where(row => ids.Contains(row.UserId)).Select(row => row.UserId)).ToListAsync(cancellation)).ToHashSet();
        var locks = await database.AccountGuards.Where(guard => ids.Contains(guard.UserId) && guard.LockedUntil > now).ToDictionaryAsync(guard => guard.UserId, guard => guard.LockedUntil, cancellation);
        return [.. users.Select(user => new UserRow(user, [.. roles[user.Id].Order(StringComparer.Ordinal)], factors.Contains(user.Id), locks.GetValueOrDefault(user.Id)))];
    }

    private static IQueryable<User> Ordered<TKey>(IQueryable<User> users, Expression<Func<User, TKey>> key, bool descending) =>
        descending ? users.OrderByDescending(key).ThenByDescending(user => user.Id) : users.OrderBy(key).ThenBy(user => user.Id);

    private static Found<User> Page(List<User> rows, int take, Func<User, string> value) => Keyset.Page(rows, take, user => new(value(user), user.Id));

    private static string Iso(DateTime at) => at.ToString("O", CultureInfo.InvariantCulture);
}
