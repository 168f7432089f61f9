using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Clients;

/// <summary>Which clients, in which order, and after which one. Values are those of the metadata; null asks nothing.</summary>
internal sealed record ClientQuery
{
    public const string ById = "client_id", ByName = "client_name", ByAge = "created_at";

    public static readonly IReadOnlyList<string> Sorts = [ById, ByName, ByAge];

    public string? Search { get; init; }

    public bool? Disabled { get; init; }

    public bool? Public { get; init; }

    public string? ApplicationType { get; init; }

    public string? GrantType { get; init; }

    public string? Scope { get; init; }

    public string Sort { get; init; } = ById;

    public bool Descending { get; init; }

    /// <summary>Sort value and id of the last client of the page before.</summary>
    public (string Value, Guid Id)? After { get; init; }

    public int Take { get; init; } = 50;

    /// <summary>What the clients must have.</summary>
    public IReadOnlyList<(string Kind, string Value)> Traits =>
    [
        .. new (string Kind, string? Value)[]
        {
            (ClientTrait.State, Disabled == true ? ClientTrait.Disabled : null), (ClientTrait.Scope, Scope), (ClientTrait.GrantType, GrantType), (ClientTrait.ApplicationType, ApplicationType),
            (ClientTrait.Type, Public switch { true => ClientTypes.Public, false => ClientTypes.Confidential, null => null }),
        }.Where(trait => trait.Value is not null).Select(trait => (trait.Kind, trait.Value!)),
    ];
}

/// <summary>A client in a list, with when it was last used.</summary>
internal sealed record ListedClient(RegisteredClient Client, DateTime? LastUsedAt, IReadOnlyList<ClientUsage> Usage, string SortValue);

/// <summary>Lists of clients that stay quick however many there are: along an index, a page at a time, usage in one query.</summary>
internal sealed class ClientCatalog(AppDbContext database)
{
    private const int Few = 500;

    /// <summary>The page, and whether another one follows.</summary>
    public async Task<(IReadOnlyList<ListedClient> Clients, bool More)> ListAsync(ClientQuery query, CancellationToken cancellation = default)
    {
        var rows = await HavingAsync(Filtered(database.Clients, query), query.Traits, cancellation);
        var found = await Ordered(After(rows, query), query).Take(query.Take + 1).Select(row => row.Id).ToListAsync(cancellation);
        var ids = found.Take(query.Take).ToArray();
        var clients = (await database.Clients.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(cancellation)).ToDictionary(row => row.Id);
        var usage = (await database.ClientUsages.AsNoTracking().Where(row => ids.Contains(row.ClientId)).ToListAsync(cancellation)).ToLookup(row => row.ClientId);
        return ([.. ids.Where(clients.ContainsKey).Select(id => Listed(clients[id], [.. usage[id]], query.Sort))], found.Count > query.Take);
    }

    public async Task<IReadOnlyList<ClientUsage>> UsageAsync(Guid clientId, CancellationToken cancellation = default) =>
        await database.ClientUsages.AsNoTracking().Where(row => row.ClientId == clientId).OrderBy(row => row.Kind).ThenBy(row => row.Value).ToListAsync(cancellation);

    private static ListedClient Listed(Client row, IReadOnlyList<ClientUsage> usage, string sort) =>
        new(RegisteredClient.Of(row), usage.Count == 0 ? null : usage.Max(use => use.LastAt), usage, sort switch
        {
            ClientQuery.ByName => row.DisplayName ?? "",
            ClientQuery.ByAge => row.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
            _ => row.ClientId!,
        });

    private static IQueryable<Client> Filtered(IQueryable<Client> rows, ClientQuery query)
    {
        if (!string.IsNullOrWhiteSpace(query.Search))
        {
            // Lower case on both sides: databases differ in what they compare by themselves.
            var text = query.Search.Trim().ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // What the database does, in words it can be told.
            rows = rows.Where(row => row.ClientId!.ToLower().Contains(text) || row.DisplayName!.ToLower().Contains(text));
#pragma warning restore CA1304, CA1311, CA1862
        }

        return query.Disabled == false ? rows.Where(row => row.DisabledAt == null) : rows;
    }

    // The few that have something rare are read by their ids, in whatever order; what many have is soon found along the order of the list.
    private async Task<IQueryable<Client>> HavingAsync(IQueryable<Client> rows, IReadOnlyList<(string Kind, string Value)> traits, CancellationToken cancellation)
    {
        List<Guid>? fewest = null;
        foreach (var (kind, value) in traits)
        {
            var ids = await database.ClientTraits.Where(trait => trait.Kind == kind && trait.Value == value).OrderBy(trait => trait.ClientId).Take(Few + 1).Select(trait => trait.ClientId).ToListAsync(cancellation);
            fewest = fewest is null || ids.Count < fewest.Count ? ids : fewest;
            rows = rows.Where(row => database.ClientTraits.Any(trait => trait.ClientId == row.Id && trait.Kind == kind && trait.Value == value));
        }

        return fewest is { Count: <= Few } ? rows.Where(row => fewest.Contains(row.Id)) : rows;
    }

#pragma warning disable CA1309 // The database compares in its own order, the one it sorts by.
    private static IQueryable<Client> After(IQueryable<Client> rows, ClientQuery query)
    {
        if (query.After is not var (value, id))
        {
            return rows;
        }

        switch (query.Sort, query.Descending)
        {
            case (ClientQuery.ByName, false):
                return rows.Where(row => string.Compare(row.DisplayName, value) > 0 || (row.DisplayName == value && row.Id > id));
            case (ClientQuery.ByName, true):
                return rows.Where(row => string.Compare(row.DisplayName, value) < 0 || (row.DisplayName == value && row.Id < id));
            case (ClientQuery.ByAge, _):
                var at = DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : DateTime.MinValue;
                return query.Descending
                    ? rows.Where(row => row.CreatedAt < at || (row.CreatedAt == at && row.Id < id))
                    : rows.Where(row => row.CreatedAt > at || (row.CreatedAt == at && row.Id > id));
            case (_, false):
                return rows.Where(row => string.Compare(row.ClientId, value) > 0);
            default:
                return rows.Where(row => string.Compare(row.ClientId, value) < 0);
        }
    }
#pragma warning restore CA1309

    private static IQueryable<Client> Ordered(IQueryable<Client> rows, ClientQuery query) => (query.Sort, query.Descending) switch
    {
        (ClientQuery.ByName, false) => rows.OrderBy(row => row.DisplayName).ThenBy(row => row.Id),
        (ClientQuery.ByName, true) => rows.OrderByDescending(row => row.DisplayName).ThenByDescending(row => row.Id),
        (ClientQuery.ByAge, false) => rows.OrderBy(row => row.CreatedAt).ThenBy(row => row.Id),
        (ClientQuery.ByAge, true) => rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id),
        (_, false) => rows.OrderBy(row => row.ClientId),
        (_, true) => rows.OrderByDescending(row => row.ClientId),
    };
}
