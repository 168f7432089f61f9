using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>
/// A client as the hot path needs it: the row for the engine, the definition for us, its secrets beside the first. Shared by requests: nobody
/// changes it.
/// </summary>
internal sealed record ClientEntry(Client Row, RegisteredClient Registered, IReadOnlyList<ClientSecret> MoreSecrets);

/// <summary>
/// Registered clients and scopes in memory, so that a token costs no look-up. Dropped at once when this process changes a client or
/// scope, and by <see cref="ChangeWatch"/> within a second when another does. Unknown ids are not kept: they would fill it.
/// </summary>
internal sealed class RegistrySnapshot(IServiceScopeFactory scopes) : IHeldInMemory, IWarmUp
{
    private const int Capacity = 20_000;

    private volatile Contents _contents = new();

    public ValueTask<ClientEntry?> FindClientAsync(string clientId, CancellationToken cancellation = default) =>
        _contents.Clients.TryGetValue(clientId, out var entry) ? new(entry) : new(LoadClientAsync(clientId, cancellation));

    public ValueTask<IReadOnlyDictionary<string, ScopeDefinition>> ScopesAsync(CancellationToken cancellation = default) =>
        _contents.Scopes is { } known ? new(known) : new(LoadScopesAsync(cancellation));

    /// <summary>Those of the names that exist, standard ones first; unknown names are left out.</summary>
    public async ValueTask<IReadOnlyList<ScopeDefinition>> FindScopesAsync(IReadOnlyCollection<string> names, CancellationToken cancellation = default) =>
        [.. (await ScopesAsync(cancellation)).Values.Where(scope => names.Contains(scope.Name))];

    /// <summary>Forgets everything. What is being loaded from before the change lands in contents that nobody reads any more.</summary>
    public void Invalidate() => _contents = new();

    /// <summary>Translates the two questions. What they answered is dropped again: the bootstrap file may be about to change it.</summary>
    public async Task WarmUpAsync(CancellationToken cancellation)
    {
        await LoadClientAsync("", cancellation);
        await LoadScopesAsync(cancellation);
        Invalidate();
    }

    public Task RefreshAsync(CancellationToken cancellation)
    {
        Invalidate();
        return Task.CompletedTask;
    }

    private async Task<ClientEntry?> LoadClientAsync(string clientId, CancellationToken cancellation)
    {
        var contents = _contents;
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var row = await database.Clients.AsNoTracking().SingleOrDefaultAsync(client => client.ClientId == clientId, cancellation);
        if (row is null)
        {
            return null;
        }

        var entry = new ClientEntry(row, RegisteredClient.Of(row), await database.ClientSecrets.AsNoTracking().Where(secret => secret.ClientId == row.Id).ToListAsync(cancellation));
        if (contents.Clients.Count >= Capacity)
        {
            contents.Clients.Clear();
        }

        contents.Clients[clientId] = entry;
        return entry;
    }

    private async Task<IReadOnlyDictionary<string, ScopeDefinition>> LoadScopesAsync(CancellationToken cancellation)
    {
        var contents = _contents;
        await using var scope = scopes.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<AppDbContext>().Scopes.AsNoTracking().ToListAsync(cancellation);
        return contents.Scopes = StandardScopes.All.Concat(rows.OrderBy(row => row.Name, StringComparer.Ordinal).Select(ScopeRegistry.Read)).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    private sealed class Contents
    {
        public ConcurrentDictionary<string, ClientEntry> Clients { get; } = new(StringComparer.Ordinal);

        public volatile IReadOnlyDictionary<string, ScopeDefinition>? Scopes;
    }
}
