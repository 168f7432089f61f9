using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Data;
using OidcProvider.Tokens;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Tokens;

/// <summary>Pruning takes what has expired and nothing that is still needed (reliability R19).</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class PruningTests(Database database) : ProviderFixture(database)
{
    [Test]
    public async Task What_expired_goes_and_what_is_alive_or_shows_a_replay_stays()
    {
        using var client = Client(Given.Trusted);
        var first = await client.SignInAsync();
        var second = await client.RefreshAsync(first["refresh_token"]);
        Host.Time.Advance(TimeSpan.FromDays(3));
        await PruneAsync();

        Assert.That((await client.RefreshAsync(second["refresh_token"])).Status, Is.EqualTo(System.Net.HttpStatusCode.OK), "alive");
        Assert.That((await client.RefreshAsync(first["refresh_token"])).Error, Is.EqualTo("invalid_grant"));
        Assert.That(await CountAsync(data => data.Authorizations.Where(row => row.Status == "revoked")), Is.EqualTo(1), "the replay was still told from a stale token");

        Host.Time.Advance(TimeSpan.FromDays(40));
        // The server's own job may wake up by the same clock and take a part of it: what counts is what is left.
        await PruneAsync();
        Assert.That(await CountAsync(data => data.Tokens) + await CountAsync(data => data.Authorizations) + await CountAsync(data => data.Sessions), Is.Zero);
        Assert.That((await PruneAsync()).Total, Is.Zero);
    }

    private async Task<Pruned> PruneAsync()
    {
        Pruned? pruned = null;
        await Host.InScopeAsync(async services => pruned = await services.GetRequiredService<Pruning>().RunAsync(CancellationToken.None));
        return pruned!;
    }

    private async Task<int> CountAsync<T>(Func<AppDbContext, IQueryable<T>> query)
    {
        var count = 0;
        await Host.InScopeAsync(async services => count = await query(services.GetRequiredService<AppDbContext>()).CountAsync());
        return count;
    }
}
