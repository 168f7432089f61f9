using System.Net;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Tokens;

/// <summary>
/// Fifty clients at once present one token, a hundred times over, on one process with SQLite and on two with PostgreSQL.
/// <see cref="History"/> judges what they were told (RFC 6749 §4.1.2, RFC 9700 §4.14.2, RFC 7009 §2.1, RFC 8628 §3.5).
/// </summary>
[TestFixture(Database.Sqlite, 1), TestFixture(Database.PostgreSql, 2), Category("Provider")]
public class RaceSuite(Database database, int nodes)
{
    private const int Rounds = 100, Parallel = 50;

    private Cluster _cluster = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _cluster = await Cluster.StartAsync(database, nodes);

    [OneTimeTearDown]
    public async Task StopAsync() => await _cluster.DisposeAsync();

    [Test]
    public async Task A_code_has_one_winner_and_a_replay_voids_what_came_of_it()
    {
        using var client = Client(Given.Trusted);
        using var browser = await SignedInAsync(client);
        for (var round = 0; round < Rounds; round++)
        {
            var code = (await browser.GetOnceAsync(client.AuthorizationUrl())).Parameter("code")!;
            var history = await RaceAsync("code", code, node => client.PostToAsync(node, "/connect/token", [],
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Given.Redirect), ("code_verifier", client.Verifier)));
            Assert.That(history.Operations.Count(operation => operation.Succeeded), Is.EqualTo(1), "winners");
            await history.SettleAsync(client);
            Judge(history, round);
        }
    }

    [Test]
    public async Task A_refresh_token_has_one_successor()
    {
        using var client = Client(Given.Trusted);
        using var browser = await SignedInAsync(client);
        for (var round = 0; round < Rounds; round++)
        {
            var token = (await TokensAsync(client, browser))["refresh_token"]!;
            var history = await RaceAsync("refresh", token, node => client.PostToAsync(node, "/connect/token", [], ("grant_type", "refresh_token"), ("refresh_token", token)));
            Assert.That(history.Operations.Count(operation => operation.Succeeded), Is.EqualTo(Parallel), "within the grace time every tab gets the same answer");
            await history.SettleAsync(client, access: false);
            Assert.That(history.LiveRefreshTokens, Has.Count.EqualTo(1), "branches");
            Judge(history, round);
        }
    }

    [Test]
    public async Task A_device_code_has_one_winner_whose_tokens_live()
    {
        using var device = Client(Given.Device);
        using var client = Client(Given.Trusted);
        using var browser = await SignedInAsync(client);
        for (var round = 0; round < Rounds; round++)
        {
            var started = await device.DeviceAsync();
            var code = started["device_code"]!;
            await browser.SubmitAsync(await browser.GetAsync(started["verification_uri_complete"]!), "allow");
            var history = await RaceAsync("device", code, node => device.PostToAsync(node, "/connect/token", [],
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code)));
            Assert.That(history.Operations.Count(operation => operation.Succeeded), Is.EqualTo(1), "winners");
            await history.SettleAsync(device, access: false);
            Assert.That(history.LiveRefreshTokens, Has.Count.EqualTo(1), "branches");
            Judge(history, round);
        }
    }

    [Test]
    public async Task A_revocation_leaves_nothing_that_a_refresh_beside_it_brought()
    {
        using var client = Client(Given.Trusted);
        using var browser = await SignedInAsync(client);
        for (var round = 0; round < Rounds; round++)
        {
            var token = (await TokensAsync(client, browser))["refresh_token"]!;
            var history = new History();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(number => number == 4
                ? history.RecordAsync("revoke", token, () => client.PostToAsync(Node(number), "/connect/revoke", [], ("token", token)))
                : history.RecordAsync("refresh", token, () => client.PostToAsync(Node(number), "/connect/token", [], ("grant_type", "refresh_token"), ("refresh_token", token)))));
            Assert.That(history.Operations.Single(operation => operation.Kind == "revoke").Succeeded, Is.True);
            await history.SettleAsync(client);
            Judge(history, round);
        }
    }

    private async Task<History> RaceAsync(string kind, string presented, Func<Uri, Task<Answer>> redeem)
    {
        var history = new History();
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(number => history.RecordAsync(kind, presented, () => redeem(Node(number)))));
        return history;
    }

    private static void Judge(History history, int round) =>
        Assert.That(history.Faults(), Is.Empty, $"round {round}:\n{string.Join('\n', history.Operations.Select(operation => $"{operation.Kind} {operation.Outcome} {operation.Error}"))}");

    private Uri Node(int number) => _cluster.Nodes[number % _cluster.Nodes.Count];

    private async Task<UserAgent> SignedInAsync(RelyingParty client)
    {
        var browser = new UserAgent(_cluster.Issuer);
        var page = await client.AuthorizeAsync(browser);
        Assert.That(page.Parameter("code"), Is.Not.Null, page.Body);
        return browser;
    }

    private static async Task<Answer> TokensAsync(RelyingParty client, UserAgent browser)
    {
        var tokens = await client.RedeemAsync((await browser.GetOnceAsync(client.AuthorizationUrl())).Parameter("code")!);
        Assert.That(tokens.Status, Is.EqualTo(HttpStatusCode.OK));
        return tokens;
    }

    private RelyingParty Client(string id) => new(_cluster.Issuer, id, secret: id == Given.Device ? null : Given.Secret);
}
