using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Users;

/// <summary>Many accounts at once with their roles, in few statements: for whoever reads or writes thousands of them as a file.</summary>
internal sealed class UserBatch(AppDbContext database, ILookupNormalizer normalizer)
{
    // SQL Server takes 2100 parameters, and each name is two.
    private const int Size = 500;

    public async Task<IReadOnlyList<(User User, IReadOnlyList<string> Roles)>> AllAsync(CancellationToken cancellation) =>
        await WithRolesAsync(await database.Users.AsNoTracking().ToListAsync(cancellation), database.UserRoles, cancellation);

    /// <summary>Those of the names that somebody has, as <see cref="UserDirectory.FindByNameAsync"/> finds one.</summary>
    public async Task<IReadOnlyDictionary<string, (User User, IReadOnlyList<string> Roles)>> FindAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        Dictionary<string, (User, IReadOnlyList<string>)> found = new(StringComparer.Ordinal);
        foreach (var part in names.Distinct(StringComparer.Ordinal).Chunk(Size))
        {
            var emails = part.Select(name => normalizer.NormalizeEmail(name.Trim())).ToList();
            var userNames = part.Select(name => normalizer.NormalizeName(name.Trim())).ToList();
            var users = await database.Users.AsNoTracking().Where(user => emails.Contains(user.NormalizedEmail!) || userNames.Contains(user.NormalizedUserName!)).ToListAsync(cancellation);
            var ids = users.ConvertAll(user => user.Id);
            var known = await WithRolesAsync(users, database.UserRoles.Where(link => ids.Contains(link.UserId)), cancellation);
            var (byEmail, byName) = (known.ToLookup(entry => entry.User.NormalizedEmail), known.ToLookup(entry => entry.User.NormalizedUserName));
            foreach (var (name, email, userName) in part.Zip(emails, userNames))
            {
                if (byEmail[email].Concat(byName[userName]).ToList() is [var first, ..])
                {
                    found[name] = first;
                }
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<(User User, IReadOnlyList<string> Roles)>> WithRolesAsync(List<User> users, IQueryable<IdentityUserRole<Guid>> links, CancellationToken cancellation)
    {
        var roles = (await links.Join(database.Roles, link => link.RoleId, role => role.Id, (link, role) => new { link.UserId, role.Name }).ToListAsync(cancellation)).ToLookup(pair => pair.UserId, pair => pair.Name!);
        return [.. users.Select(user => (user, (IReadOnlyList<string>)[.. roles[user.Id].Order(StringComparer.Ordinal)]))];
    }
}
