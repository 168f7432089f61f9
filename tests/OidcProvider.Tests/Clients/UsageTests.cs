using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Clients;

/// <summary>What clients use is seen in the database a moment later, on each database, added up over nodes and runs.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql)]
public class UsageTests(Database database) : ProviderFixture(database)
{
    private async Task<List<ClientUsage>> FlushedAsync(string clientId)
    {
        await Host.Services.GetRequiredService<UsageFlush>().FlushAsync();
        List<ClientUsage> rows = [];
        await Host.InScopeAsync(async services =>
        {
            var database = services.GetRequiredService<AppDbContext>();
            rows = await database.ClientUsages.AsNoTracking().Where(row => database.Clients.Any(client => client.Id == row.ClientId && client.ClientId == clientId)).ToListAsync();
        });
        return rows;
    }

    [Test]
    public async Task A_sign_in_leaves_its_grant_address_proof_key_scopes_and_secret()
    {
        using var client = Client(Given.Other, "https://rp2.test/cb");
        Assert.That((await client.SignInAsync(changes: [("scope", "openid email")]))["access_token"], Is.Not.Null);
        var rows = await FlushedAsync(Given.Other);
        var seen = rows.Select(row => $"{row.Kind}={row.Value}").ToList();
        Assert.That(seen, Is.SupersetOf(new[] { "grant_type=authorization_code", "auth_method=client_secret_basic", "redirect_uri=https://rp2.test/cb", "pkce=with", "par=without", "scope=openid", "scope=email" }));
        Assert.That(rows.Single(row => row.Kind == "secret").Value, Is.EqualTo(rows[0].ClientId.ToString()));
    }

    [Test]
    public async Task Counts_add_up_and_what_the_database_refuses_waits()
    {
        using var worker = Client(Given.Worker, redirect: null);
        await worker.TokenAsync(("grant_type", "client_credentials"));
        await FlushedAsync(Given.Worker);
        await worker.TokenAsync(("grant_type", "client_credentials"));
        await worker.TokenAsync(("grant_type", "client_credentials"));
        // A client that was removed meanwhile takes its counts along and holds nobody up.
        Host.Services.GetRequiredService<UsageCounts>().Count(Guid.NewGuid(), UsageKinds.GrantType, "client_credentials");
        var grant = (await FlushedAsync(Given.Worker)).Single(row => row.Kind == "grant_type");
        Assert.That(grant.Count, Is.EqualTo(3));
    }
}

internal sealed class UsageCountsTests
{
    [Test]
    public void A_long_address_is_kept_short_and_still_told_from_another()
    {
        var (one, two) = (new string('a', 400) + "1", new string('a', 400) + "2");
        Assert.That(UsageKinds.Short(one), Has.Length.LessThanOrEqualTo(300));
        Assert.That(UsageKinds.Short(one), Is.Not.EqualTo(UsageKinds.Short(two)));
        Assert.That(UsageKinds.Short("https://a.test"), Is.EqualTo("https://a.test"));
    }
}
