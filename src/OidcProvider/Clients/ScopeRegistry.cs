using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>The scopes that exist: <see cref="StandardScopes"/> and the registered ones.</summary>
internal sealed class ScopeRegistry(AppDbContext database, AuditLog audit, RegistrySnapshot snapshot)
{
    public const string NotFound = "scope_not_found", Exists = "scope_exists", Changed = "scope_changed";

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

    /// <summary>A registered scope with its version.</summary>
    public async Task<RegisteredScope?> FindRegisteredAsync(string name, CancellationToken cancellation = default) =>
        await database.Scopes.AsNoTracking().SingleOrDefaultAsync(row => row.Name == name, cancellation) is { } row ? new RegisteredScope(Read(row), row.ConcurrencyToken ?? "") : null;

    /// <summary>Registers the scope, or brings a registered one to this shape. Nothing is written when nothing differs.</summary>
    /// <param name="scope">What it is to be.</param>
    /// <param name="editor">Who changes it.</param>
    /// <param name="expected">The version the caller has seen, empty when it must not exist; null when it does not matter.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Result<RegisteredScope>> ApplyAsync(ScopeDefinition scope, Editor editor, string? expected = null, CancellationToken cancellation = default)
    {
        var problems = ScopeRules.Check(scope);
        if (problems.Count > 0)
        {
            return problems;
        }

        var row = await database.Scopes.SingleOrDefaultAsync(candidate => candidate.Name == scope.Name, cancellation);
        if (expected is not null && expected != (row?.ConcurrencyToken ?? ""))
        {
            return expected.Length == 0 ? new Problem(Exists, $"'{scope.Name}' is registered already", "name") : Overtaken();
        }

        var before = row is null ? null : Shown(Read(row));
        if (row is null)
        {
            row = new Scope { Id = Guid.CreateVersion7(), Name = scope.Name };
            database.Scopes.Add(row);
        }

        row.DisplayName = scope.DisplayName;
        row.Description = scope.Description;
        row.DisplayNames = Texts(scope, "display_name");
        row.Descriptions = Texts(scope, "description");
        row.Resources = scope.Resources.Count == 0 ? null : JsonSerializer.Serialize(scope.Resources);
        row.Claims = JsonSerializer.Serialize(scope.Claims);
        if (database.Entry(row).State == EntityState.Unchanged)
        {
            return new RegisteredScope(scope, row.ConcurrencyToken ?? "");
        }

        row.ConcurrencyToken = Guid.NewGuid().ToString();
        audit.Append(before is null ? AuditEvents.ScopeRegistered : AuditEvents.ScopeUpdated, editor.Actor, scope.Name, change: AuditChange.Of(before, Shown(scope)));
        try
        {
            await RegistryChange.SaveAsync(database, snapshot, cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            database.ChangeTracker.Clear();
            return Overtaken();
        }

        return new RegisteredScope(scope, row.ConcurrencyToken);
    }

    /// <summary>Removes a registered scope; tokens that name it keep doing so until they expire. Null when done, otherwise why not.</summary>
    public async Task<Problem?> RemoveAsync(string name, Editor editor, string? expected = null, CancellationToken cancellation = default)
    {
        var row = await database.Scopes.SingleOrDefaultAsync(candidate => candidate.Name == name, cancellation);
        if (row is null)
        {
            return new Problem(NotFound, $"there is no registered scope '{name}'", "name");
        }

        if (expected is not null && expected != row.ConcurrencyToken)
        {
            return Overtaken();
        }

        database.Scopes.Remove(row);
        audit.Append(AuditEvents.ScopeRemoved, editor.Actor, name, change: AuditChange.Of(Shown(Read(row)), null));
        try
        {
            await RegistryChange.SaveAsync(database, snapshot, cancellation);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            database.ChangeTracker.Clear();
            return Overtaken();
        }
    }

    /// <summary>How many clients are registered for the scope.</summary>
    public Task<int> ClientsOfAsync(string name, CancellationToken cancellation = default)
    {
        var permission = JsonSerializer.Serialize($"scp:{name}");
        return database.Clients.CountAsync(client => client.Permissions!.Contains(permission), cancellation);
    }

    /// <summary>A problem for each name that is no scope here.</summary>
    public async Task<List<Problem>> UnknownAsync(IReadOnlyList<string> names, CancellationToken cancellation = default)
    {
        var known = await FindAsync(names, cancellation);
        return [.. names.Except(known.Select(scope => scope.Name), StringComparer.Ordinal).Select(UnknownScope)];
    }

    private static Problem Overtaken() => new(Changed, "was changed by someone else meanwhile; read it again and retry", "name");

    private static JsonObject Shown(ScopeDefinition scope) => JsonSerializer.SerializeToNode(scope, ClientJson.Options)!.AsObject();

    public static Problem UnknownScope(string name) => new(ClientRules.InvalidMetadata, $"'{name}' is not a scope of this server", "scope");

    // OpenIddict keeps the texts in further languages as one object for each member, by tag.
    private static string? Texts(ScopeDefinition scope, string member) =>
        Localized.Of(scope.Tagged, member).ToDictionary(entry => entry.Tag, entry => entry.Text) is { Count: > 0 } texts ? JsonSerializer.Serialize(texts) : null;

    private static Dictionary<string, JsonElement>? Tagged(params (string Member, string? Texts)[] members) =>
        members.Where(entry => entry.Texts is not null)
            .SelectMany(entry => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(entry.Texts!)!.Select(text => new KeyValuePair<string, JsonElement>($"{entry.Member}#{text.Key}", text.Value)))
            .ToDictionary() is { Count: > 0 } all ? all : null;

    public static ScopeDefinition Read(Scope row) => new()
    {
        Name = row.Name!,
        DisplayName = row.DisplayName,
        Description = row.Description,
        Tagged = Tagged(("display_name", row.DisplayNames), ("description", row.Descriptions)),
        Resources = row.Resources is null ? [] : JsonSerializer.Deserialize<string[]>(row.Resources)!,
        Claims = JsonSerializer.Deserialize<string[]>(row.Claims)!,
    };
}
