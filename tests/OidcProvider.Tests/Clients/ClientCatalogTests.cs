using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Clients;

/// <summary>Lists of clients, narrowed by what they are and a page at a time, say what the clients themselves say.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class ClientCatalogTests(Database database) : ProviderFixture(database)
{
    // So many that some of what they are listed by is rare and some is not, which are read in two ways.
    private const int Many = 800;

    protected override JsonObject? Bootstrap => Given.Administration();

    private static IEnumerable<ClientQuery> Narrowings =>
    [
        new(), new() { GrantType = "client_credentials" }, new() { GrantType = "authorization_code" }, new() { Scope = "api" }, new() { Scope = "openid", GrantType = "refresh_token" },
        new() { Public = true }, new() { Public = false, Scope = "api" }, new() { ApplicationType = "native" }, new() { Disabled = true }, new() { Disabled = false, Scope = "api", Search = "many" },
        new() { Scope = "nothing" }, new() { Scope = "API" },
    ];

    [OneTimeSetUp]
    public Task FillAsync() => Host.InScopeAsync(async services =>
    {
        var (registry, rows) = (services.GetRequiredService<ClientRegistry>(), services.GetRequiredService<AppDbContext>());
        await using var transaction = await rows.Database.BeginTransactionAsync();
        for (var i = 0; i < Many; i++)
        {
            rows.ChangeTracker.Clear();
            var service = i % 3 == 0;
            var isPublic = !service && i % 2 == 0;
            var id = $"many-{i * 17 % Many:000}";
            var made = await registry.RegisterAsync(
                new ClientDefinition
                {
                    ClientId = id, ClientName = $"Name {i % 5}", GrantTypes = service ? ["client_credentials"] : i % 5 == 0 ? ["authorization_code"] : ["authorization_code", "refresh_token"],
                    RedirectUris = service ? [] : ["https://many.test/cb"], ResponseTypes = service ? [] : ["code"], ApplicationType = i % 7 == 1 ? "native" : "web",
                    TokenEndpointAuthMethod = isPublic ? "none" : "client_secret_basic", Scope = service ? "api" : i % 4 == 0 ? "openid api" : "openid",
                }, "test");
            Assert.That(made.Problems, Is.Empty);
            if (i % 6 == 0)
            {
                await registry.DisableAsync(id, "test");
            }
        }

        await transaction.CommitAsync();
    });

    [TestCaseSource(nameof(Narrowings))]
    public async Task Every_narrowing_in_every_order_says_what_the_clients_say(object narrowing) => await Host.InScopeAsync(async services =>
    {
        var query = (ClientQuery)narrowing;
        var rows = services.GetRequiredService<AppDbContext>();
        var expected = (await rows.Clients.AsNoTracking().ToListAsync()).Select(RegisteredClient.Of).Where(client => Matches(client, query)).Select(client => client.ClientId).ToList();
        foreach (var sort in ClientQuery.Sorts)
        {
            foreach (var descending in new[] { false, true })
            {
                var walked = await WalkAsync(services.GetRequiredService<ClientCatalog>(), query with { Sort = sort, Descending = descending, Take = Math.Max(1, expected.Count / 3) });
                var ids = walked.Select(listed => listed.Client.ClientId).ToList();
                Assert.That(ids, Is.EquivalentTo(expected), $"{query} {sort}");
                if (sort == ClientQuery.ById)
                {
                    var ordered = ids.Where(id => id.StartsWith("many-", StringComparison.Ordinal)).ToList();
                    Assert.That(ordered, descending ? Is.Ordered.Descending : Is.Ordered.Ascending);
                }
            }
        }
    });

    [Test]
    public async Task What_a_client_is_listed_by_changes_with_it() => await Host.InScopeAsync(async services =>
    {
        var registry = services.GetRequiredService<ClientRegistry>();
        await registry.RegisterAsync(new ClientDefinition { ClientId = "changing", GrantTypes = ["client_credentials"], ResponseTypes = [], Scope = "api" }, "test");
        Assert.That(await TraitsAsync(services), Is.EquivalentTo(new[] { "grant_type client_credentials", "scope api", "application_type web", "client_type confidential" }));
        await registry.UpdateAsync(new ClientDefinition { ClientId = "changing", GrantTypes = ["authorization_code"], RedirectUris = ["https://c.test/cb"], TokenEndpointAuthMethod = "none", Scope = "openid api" }, "test");
        await registry.DisableAsync("changing", "test");
        Assert.That(await TraitsAsync(services), Is.EquivalentTo(new[] { "grant_type authorization_code", "scope openid", "scope api", "application_type web", "client_type public", "state disabled" }));
        await registry.EnableAsync("changing", "test");
        Assert.That(await TraitsAsync(services), Has.None.EqualTo("state disabled"));
        await registry.RemoveAsync("changing", "test");
        Assert.That(await TraitsAsync(services), Is.Empty);
    });

    private static bool Matches(RegisteredClient client, ClientQuery query) =>
        (query.GrantType is null || client.Definition.GrantTypes.Contains(query.GrantType)) && (query.Scope is null || client.Definition.Scopes().Contains(query.Scope))
        && (query.Public is null || client.Definition.IsPublic() == query.Public) && (query.ApplicationType is null || client.Definition.ApplicationType == query.ApplicationType)
        && (query.Disabled is null || client.Disabled == query.Disabled) && (query.Search is null || client.ClientId.Contains(query.Search, StringComparison.Ordinal));

    private static async Task<List<ListedClient>> WalkAsync(ClientCatalog catalog, ClientQuery query)
    {
        List<ListedClient> all = [];
        while (true)
        {
            var (page, more) = await catalog.ListAsync(query);
            all.AddRange(page);
            if (!more)
            {
                return all;
            }

            Assert.That(page, Has.Count.EqualTo(query.Take));
            query = query with { After = (page[^1].SortValue, page[^1].Client.Id) };
        }
    }

    private static async Task<List<string>> TraitsAsync(IServiceProvider services)
    {
        var rows = services.GetRequiredService<AppDbContext>();
        return await rows.Clients.Where(row => row.ClientId == "changing").Join(rows.ClientTraits, row => row.Id, trait => trait.ClientId, (_, trait) => trait.Kind + " " + trait.Value).ToListAsync();
    }
}
