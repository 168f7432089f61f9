using System.Net;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Tokens;

/// <summary>What is written for each answer, seen in the SQL that was run.</summary>
public class TokenRowsTests : ProviderFixture
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database.Command"] = "Information" };

    [Test, NonParallelizable]
    public async Task Each_row_is_written_once_and_in_one_transaction()
    {
        using var client = Client(Given.Trusted);
        using var browser = Browser();
        var code = (await client.AuthorizeAsync(browser)).Parameter("code")!;
        var (exchange, tokens) = await CountAsync(() => client.RedeemAsync(code));
        var (refresh, refreshed) = await CountAsync(() => client.RefreshAsync(tokens["refresh_token"]));
        var (pushed, _) = await CountAsync(() => client.PushAsync());
        var (own, _) = await CountAsync(() => Client(Given.Worker).TokenAsync(("grant_type", "client_credentials")));
        var (authorize, page) = await CountAsync(() => browser.GetOnceAsync(client.AuthorizationUrl()));

        Assert.That(refreshed.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(page.Parameter("code"), Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(exchange, Is.EqualTo((1, 1)), "redeem the code, insert the refresh token");
            Assert.That(refresh, Is.EqualTo((1, 1)), "redeem and keep the successor, insert it");
            Assert.That(pushed, Is.EqualTo((1, 0)));
            Assert.That(own, Is.EqualTo((0, 0)), "a service's JWT has no row");
            Assert.That(authorize, Is.EqualTo((1, 0)));
        });
    }

    // Inserts into and updates of the token table.
    private async Task<((int Inserts, int Updates) Writes, T Answer)> CountAsync<T>(Func<Task<T>> act)
    {
        var before = Host.Log.Lines.Count;
        var answer = await act();
        var statements = Host.Log.Lines.Skip(before).Where(line => line.Contains("Database.Command", StringComparison.Ordinal)).ToList();
        return ((statements.Count(line => line.Contains("INSERT INTO \"Tokens\"", StringComparison.Ordinal)), statements.Count(line => line.Contains("UPDATE \"Tokens\"", StringComparison.Ordinal))), answer);
    }
}
