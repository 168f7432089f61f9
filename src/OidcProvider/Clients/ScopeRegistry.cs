using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>The scopes that exist: <see cref="StandardScopes"/> and the registered ones.</summary>
internal sealed class ScopeRegistry(AppDbContext database, AuditLog audit, RegistrySnapshot snapshot)
{
    /// <summary>Registered scopes only, by name.</summary>
    public async Task<IReadOnlyList<ScopeDefinition>> ListAsync(CancellationToken cancellation = default)
    {
        var rows = await database.Scopes.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    /// <summary>Those of the names that exist, standard ones first, then registered ones; unknown names are left out.</summary>
    public async Task<IReadOnlyList<ScopeDefinition>> FindAsync(IEnumerable<string> names, CancellationToken cancellation = default)
    {
        var asked = names.ToHashSet(StringComparer.Ordinal);
        List<ScopeDefinition> found = [.. StandardScopes.All.Where(scope => asked.Contains(scope.Name))];
        var others = asked.Where(name => !StandardScopes.Contains(name)).ToList();
        if (others.Count > 0)
        {
            var rows = await database.Scopes.AsNoTracking().Where(row => others.Contains(row.Name!)).OrderBy(row => row.Name).ToListAsync(cancellation);
            found.AddRange(rows.Select(Read));
        }

        return found;
    }

    /// <summary>Registers the scope, or brings a registered one to this shape. Nothing is written when nothing differs.</summary>
    public async Task<Result<ScopeDefinition>> ApplyAsync(ScopeDefinition scope, string actor, CancellationToken cancellation = default)
    {
        var problems = ScopeRules.Check(scope);
        if (problems.Count > 0)
        {
            return problems;
        }

        var row = await database.Scopes.SingleOrDefaultAsync(candidate => candidate.Name == scope.Name, cancellation);
        var isNew = row is null;
        if (row is null)
        {
            row = new Scope { Id = Guid.CreateVersion7(), Name = scope.Name };
            database.Scopes.Add(row);
        }

        row.DisplayName = scope.DisplayName;
        row.Description = scope.Description;
        row.Resources = scope.Resources.Count == 0 ? null : JsonSerializer.Serialize(scope.Resources);
        row.Claims = JsonSerializer.Serialize(scope.Claims);
        if (isNew || database.Entry(row).State == EntityState.Modified)
        {
            row.ConcurrencyToken = Guid.NewGuid().ToString();
            audit.Append(isNew ? AuditEvents.ScopeRegistered : AuditEvents.ScopeUpdated, actor, scope.Name);
            await RegistryChange.SaveAsync(database, snapshot, cancellation);
        }

        return scope;
    }

    /// <summary>Removes a registered scope; tokens that name it keep doing so until they expire. False when there is none.</summary>
    public async Task<bool> RemoveAsync(string name, string actor, CancellationToken cancellation = default)
    {
        if (await database.Scopes.Where(row => row.Name == name).ExecuteDeleteAsync(cancellation) == 0)
        {
            return false;
        }

        audit.Append(AuditEvents.ScopeRemoved, actor, name);
        await RegistryChange.SaveAsync(database, snapshot, cancellation);
        return true;
    }

    /// <summary>A problem for each name that is no scope here.</summary>
    public async Task<List<Problem>> UnknownAsync(IReadOnlyList<string> names, CancellationToken cancellation = default)
    {
        var known = await FindAsync(names, cancellation);
        return [.. names.Except(known.Select(scope => scope.Name), StringComparer.Ordinal).Select(UnknownScope)];
    }

    public static Problem UnknownScope(string name) => new(ClientRules.InvalidMetadata, $"'{name}' is not a scope of this server", "scope");

    public static ScopeDefinition Read(Scope row) => new()
    {
        Name = row.Name!,
        DisplayName = row.DisplayName,
        Description = row.Description,
        Resources = row.Resources is null ? [] : JsonSerializer.Deserialize<string[]>(row.Resources)!,
        Claims = JsonSerializer.Deserialize<string[]>(row.Claims)!,
    };
}
