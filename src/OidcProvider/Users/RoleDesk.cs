using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>A role with how many hold it. One that administers this server says what it permits and is not changed.</summary>
internal sealed record RoleView(string Name, int Users, bool Administers, IReadOnlyList<string> Permissions);

/// <summary>The roles that accounts hold. Those that administer are built in; the others belong to applications and are renamed and removed here.</summary>
internal sealed class RoleDesk(AppDbContext database, ILookupNormalizer normalizer, AuditLog audit)
{
    public const string NotFound = "role_not_found", Exists = "role_exists", BuiltIn = "role_forbidden";

    /// <summary>The names alone, those that administer first: cheap where counting a million holders is not.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellation = default) =>
        [.. AdminRoles.All, .. (await database.Roles.AsNoTracking().OrderBy(role => role.NormalizedName).Select(role => role.Name!).ToListAsync(cancellation)).Where(name => !Administers(name))];

    public async Task<IReadOnlyList<RoleView>> ListAsync(CancellationToken cancellation = default)
    {
        var counts = await database.UserRoles.GroupBy(link => link.RoleId).Select(group => new { Id = group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Id, group => group.Count, cancellation);
        var rows = await database.Roles.AsNoTracking().OrderBy(role => role.NormalizedName).ToListAsync(cancellation);
        var own = rows.Where(role => !Administers(role.Name!)).Select(role => new RoleView(role.Name!, counts.GetValueOrDefault(role.Id), false, []));
        var administering = AdminRoles.All.Select(name => new RoleView(
            name, rows.Where(role => role.NormalizedName == normalizer.NormalizeName(name)).Sum(role => counts.GetValueOrDefault(role.Id)), true, [.. AdminRoles.PermissionsOf([name]).Order(StringComparer.Ordinal)]));
        return [.. administering, .. own];
    }

    public async Task<Result<RoleView>> RenameAsync(Acting by, string name, string wanted, CancellationToken cancellation = default)
    {
        if (UserRules.RoleFault(wanted) is { } fault)
        {
            return fault with { Field = "name" };
        }

        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        var found = await FindOwnAsync(name, cancellation);
        if (!found.Succeeded)
        {
            return found.Problems.ToList();
        }

        var (role, old, normalized) = (found.Value, found.Value.Name, normalizer.NormalizeName(wanted));
        // Otherwise renaming an application's role would be a way to become an administrator (attack H03).
        if (Administers(wanted) || await database.Roles.AnyAsync(row => row.NormalizedName == normalized && row.Id != role.Id, cancellation))
        {
            return new Problem(Exists, $"there is a role '{wanted}' already", "name");
        }

        (role.Name, role.NormalizedName, role.ConcurrencyStamp) = (wanted, normalized, Guid.NewGuid().ToString());
        audit.Append(AuditEvents.RoleRenamed, by.Name, old, change: AuditChange.Of(new JsonObject { ["name"] = old }, new JsonObject { ["name"] = wanted }));
        await database.SaveChangesAsync(cancellation);
        await work.CommitAsync();
        return new RoleView(wanted, await database.UserRoles.CountAsync(link => link.RoleId == role.Id, cancellation), false, []);
    }

    /// <summary>Takes a role from everybody who holds it, and away.</summary>
    public async Task<Result<RoleView>> RemoveAsync(Acting by, string name, CancellationToken cancellation = default)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        var found = await FindOwnAsync(name, cancellation);
        if (!found.Succeeded)
        {
            return found.Problems.ToList();
        }

        var role = found.Value;
        var holders = await database.UserRoles.Where(link => link.RoleId == role.Id).ExecuteDeleteAsync(cancellation);
        database.Roles.Remove(role);
        audit.Append(AuditEvents.RoleRemoved, by.Name, role.Name, change: AuditChange.Of(new JsonObject { ["name"] = role.Name, ["users"] = holders }, null));
        await database.SaveChangesAsync(cancellation);
        await work.CommitAsync();
        return new RoleView(role.Name!, holders, false, []);
    }

    private async Task<Result<Role>> FindOwnAsync(string name, CancellationToken cancellation)
    {
        if (Administers(name))
        {
            return new Problem(BuiltIn, $"'{name}' administers this server and cannot be changed", "name");
        }

        var normalized = normalizer.NormalizeName(name);
        return await database.Roles.SingleOrDefaultAsync(role => role.NormalizedName == normalized, cancellation) is { } found ? found : new Problem(NotFound, $"there is no role '{name}'", "name");
    }

    private bool Administers(string name) => AdminRoles.All.Any(known => normalizer.NormalizeName(known) == normalizer.NormalizeName(name));
}
