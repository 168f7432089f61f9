using Microsoft.EntityFrameworkCore;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>One change to many clients, for the API and the page alike. Each for itself: what is refused for one is done to the others.</summary>
internal sealed class ClientBulk(AppDbContext database, IServiceScopeFactory scopes, TimeProvider time)
{
    public const string Enable = "enable", Disable = "disable", Delete = "delete";

    /// <summary>How many at once.</summary>
    public const int Most = 1000;

    public static bool Knows(string? action) => action is Enable or Disable or Delete;

    /// <summary>Those of the ids that are registered, by id.</summary>
    public async Task<IReadOnlyList<RegisteredClient>> FindAsync(List<string> ids, CancellationToken cancellation) =>
        [.. (await database.Clients.AsNoTracking().Where(row => ids.Contains(row.ClientId!)).OrderBy(row => row.ClientId).ToListAsync(cancellation)).Select(RegisteredClient.Of)];

    /// <summary>What lives on all of them together.</summary>
    public Task<ClientImpact> ImpactAsync(IEnumerable<RegisteredClient> clients, CancellationToken cancellation) =>
        ClientImpact.OfAsync(database, [.. clients.Select(client => client.Id)], time.GetUtcNow().UtcDateTime, cancellation);

    public async Task<IReadOnlyList<BulkItem>> RunAsync(string action, IEnumerable<string> ids, Editor editor, CancellationToken cancellation)
    {
        List<BulkItem> items = [];
        foreach (var id in ids.Distinct(StringComparer.Ordinal))
        {
            // A scope for each: what one left half done must not be saved by the next.
            await using var scope = scopes.CreateAsyncScope();
            var fault = await ChangeAsync(scope.ServiceProvider.GetRequiredService<ClientRegistry>(), action, id, editor, cancellation);
            items.Add(new BulkItem(id, fault?.Code ?? BulkItem.Done, fault?.Message));
        }

        return items;
    }

    private static async Task<Problem?> ChangeAsync(ClientRegistry registry, string action, string id, Editor editor, CancellationToken cancellation)
    {
        if (action == Delete)
        {
            return await registry.RemoveAsync(id, editor, cancellation: cancellation);
        }

        var switched = action == Enable ? await registry.EnableAsync(id, editor, cancellation) : await registry.DisableAsync(id, editor, cancellation);
        return switched.Succeeded ? null : switched.Problems[0];
    }
}
