using System.Globalization;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Tokens;

/// <summary>
/// The server is killed (SIGKILL) at every database step between a presented token and its answer, one after the other, and started
/// again; the client, which got no answer, does what clients do: it presents the same token once more. Afterwards exactly the old
/// token or the new ones work, and no answer was a 500.
/// </summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class CrashSuite(Database database)
{
    private const int MostSteps = 40;

    private Cluster _cluster = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _cluster = await Cluster.StartAsync(database, 1);

    [OneTimeTearDown]
    public async Task StopAsync() => await _cluster.DisposeAsync();

    [Test]
    public async Task A_refresh_survives_a_crash_at_every_step()
    {
        using var client = new RelyingParty(_cluster.Issuer, Given.Trusted);
        using var browser = new UserAgent(_cluster.Issuer);
        for (var step = 1; ; step++)
        {
            Assert.That(step, Is.LessThan(MostSteps), "a refresh takes no more database steps than this");
            var token = (await client.SignInAsync(browser))["refresh_token"]!;
            var (history, answered) = await PresentAsync("refresh", token, client, step, ("grant_type", "refresh_token"), ("refresh_token", token));
            if (answered)
            {
                Assert.That(step, Is.GreaterThan(3), "the steps were counted");
                return;
            }

            var retry = await history.RecordAsync("refresh", token, () => client.RefreshAsync(token));
            Assert.That(retry!.Error, Is.Null, $"killed at step {step}: a lost answer logs nobody out");
            await history.SettleAsync(client, access: false);
            Assert.That(history.LiveRefreshTokens, Has.Count.EqualTo(1), $"killed at step {step}");
            Assert.That(history.Faults(), Is.Empty, $"killed at step {step}");
        }
    }

    [Test]
    public async Task A_code_survives_a_crash_at_every_step_or_is_void_with_all_that_came_of_it()
    {
        using var client = new RelyingParty(_cluster.Issuer, Given.Trusted);
        using var browser = new UserAgent(_cluster.Issuer);
        var redeemedLater = 0;
        for (var step = 1; ; step++)
        {
            Assert.That(step, Is.LessThan(MostSteps), "a code exchange takes no more database steps than this");
            var code = (await client.AuthorizeAsync(browser)).Parameter("code")!;
            (string, string?)[] form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Given.Redirect), ("code_verifier", client.Verifier)];
            var (history, answered) = await PresentAsync("code", code, client, step, form);
            if (answered)
            {
                Assert.That(redeemedLater, Is.GreaterThan(2), "until the commit, the code stays good");
                return;
            }

            var retry = await history.RecordAsync("code", code, () => client.RedeemAsync(code));
            await history.SettleAsync(client);
            Assert.That(history.Faults(), Is.Empty, $"killed at step {step}");
            if (retry!.Error is null)
            {
                redeemedLater++;
                Assert.That(history.LiveRefreshTokens, Has.Count.EqualTo(1), $"killed at step {step}");
            }
            else
            {
                Assert.That(retry.Error, Is.EqualTo("invalid_grant"), $"killed at step {step}");
            }
        }
    }

    // True when the request came through because it has fewer steps than that.
    private async Task<(History History, bool Answered)> PresentAsync(string kind, string presented, RelyingParty client, int step, params (string, string?)[] form)
    {
        var history = new History();
        var answer = await history.RecordAsync(kind, presented, () => client.PostToAsync(_cluster.Issuer, "/connect/token", [(Node.DieAt, step.ToString(CultureInfo.InvariantCulture))], form));
        if (answer is not null)
        {
            Assert.That(answer.Error, Is.Null);
            return (history, true);
        }

        await _cluster.KilledAsync(0);
        await _cluster.UpAsync(0);
        return (history, false);
    }
}
