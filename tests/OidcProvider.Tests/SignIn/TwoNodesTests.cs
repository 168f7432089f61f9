using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OidcProvider.TestKit;
using OidcProvider.Tests.Sessions;
using OidcProvider.Users;

namespace OidcProvider.Tests.SignIn;

/// <summary>Guesses and codes that arrive at two server processes at once (attacks E05, G05, G07): a count per process would let twice as many through. With Redis in front of the sessions nothing changes.</summary>
[TestFixture(false), TestFixture(true), Category("Provider")]
public class TwoNodesTests(bool redis)
{
    private readonly RedisServer? _redis = redis ? new RedisServer() : null;
    private Cluster _cluster = null!;
    private int _address;

    [OneTimeSetUp]
    public async Task StartAsync() => _cluster = await Cluster.StartAsync(Database.PostgreSql, 2, settings: new Dictionary<string, string>
    {
        ["Throttling:LoginAttempts"] = "5", ["Hosting:KnownProxies:0"] = "127.0.0.1", ["Users:AllowRegistration"] = "true", ["SignIn:SessionApi"] = "true", ["SignIn:SessionApiClient"] = Given.Trusted,
        ["ConnectionStrings:Redis"] = _redis is null ? "" : $"127.0.0.1:{_redis.Port}",
    });

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _cluster.DisposeAsync();
        _redis?.Dispose();
    }

    [Test]
    public async Task E05_of_a_hundred_parallel_guesses_on_two_nodes_five_are_judged_and_the_right_one_must_wait()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(index => GuessAsync(index % 2, Given.Bob, index == 60 ? Given.Password : "wrong")));
        // The right one clears the account's count, if it was among the five: then it is the fifth at the latest and five more follow.
        Assert.That(answers.Count(status => status is not HttpStatusCode.TooManyRequests), Is.LessThanOrEqualTo(answers.Contains(HttpStatusCode.OK) ? 10 : 5));
        var later = await Task.WhenAll(GuessAsync(0, Given.Bob, "wrong"), GuessAsync(1, Given.Bob, "wrong"));
        if (!answers.Contains(HttpStatusCode.OK))
        {
            Assert.That(later, Has.All.EqualTo(HttpStatusCode.TooManyRequests));
        }
    }

    [Test]
    public async Task G05_G07_a_code_and_a_recovery_code_are_good_once_on_whichever_node()
    {
        // Setting the app up through the pages, as the other process's memory is not ours.
        using var owner = new UserAgent(_cluster.Issuer);
        await owner.SignInAsync(await owner.GetAsync("/login"));
        var setup = await owner.GetAsync("/account/authenticator");
        var secret = Decode(Regex.Match(setup.Body, "secret=([A-Z2-7]+)").Groups[1].Value);
        var shown = await owner.SubmitAsync(setup, null, ("Code", Totp.Code(secret, Totp.StepAt(DateTimeOffset.UtcNow) - 1)));
        var codes = Regex.Matches(shown.Body, "<li>([0-9A-Z]{5}-[0-9A-Z]{5})</li>").Select(match => match.Groups[1].Value).ToList();
        Assert.That(codes, Has.Count.EqualTo(10), shown.Body);

        var halves = await Task.WhenAll(Enumerable.Range(0, 4).Select(HalfAsync));
        var code = Totp.Code(secret, Totp.StepAt(DateTimeOffset.UtcNow));
        var answers = await Task.WhenAll(halves.Select((half, index) => SubmitAsync(half, index % 2, "/login/mfa", code)));
        Assert.That(answers.Count(status => status == HttpStatusCode.Redirect), Is.EqualTo(1), string.Join(' ', answers));

        halves = await Task.WhenAll(Enumerable.Range(0, 4).Select(HalfAsync));
        answers = await Task.WhenAll(halves.Select((half, index) => SubmitAsync(half, index % 2, "/login/recovery", codes[0])));
        Assert.That(answers.Count(status => status == HttpStatusCode.Redirect), Is.EqualTo(1), string.Join(' ', answers));
    }

    [Test]
    public async Task A_session_that_one_node_ends_is_dead_on_the_other_within_a_second()
    {
        using var here = new UserAgent(_cluster.Nodes[0]);
        using var there = new UserAgent(_cluster.Nodes[1]);
        await here.SignInAsync(await here.GetAsync("/login"), Given.Bob);
        foreach (Cookie cookie in here.Cookies.GetCookies(_cluster.Nodes[0]))
        {
            there.Cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", "127.0.0.1"));
        }

        Assert.That((await there.GetOnceAsync("/account")).Status, Is.EqualTo(HttpStatusCode.OK));
        await here.SubmitAsync(await here.GetAsync("/logout"), "sign-out");
        Assert.That((await there.GetOnceAsync("/account")).Status, Is.EqualTo(HttpStatusCode.Redirect), "the very next request: no node keeps sessions in memory");
    }

    private async Task<HttpStatusCode> GuessAsync(int node, string user, string password)
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_cluster.Nodes[node], "/auth/login")) { Content = JsonContent.Create(new JsonObject { ["email"] = user, ["password"] = password }) };
        request.Headers.Add("Origin", _cluster.Issuer.GetLeftPart(UriPartial.Authority));
        request.Headers.Add("X-Requested-With", "test");
        request.Headers.Add("X-Forwarded-For", $"198.51.100.{Interlocked.Increment(ref _address) % 250}");
        return (await http.SendAsync(request)).StatusCode;
    }

    private async Task<UserAgent> HalfAsync(int index)
    {
        var half = new UserAgent(_cluster.Issuer);
        Assert.That((await half.SignInAsync(await half.GetAsync("/login"))).Title, Is.EqualTo("Confirm it is you"));
        return half;
    }

    private async Task<HttpStatusCode> SubmitAsync(UserAgent half, int node, string path, string code)
    {
        using (half)
        {
            var form = UserAgent.Form(await half.GetAsync(path));
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_cluster.Nodes[node], path)) { Content = new FormUrlEncodedContent([.. form.Fields.Where(field => field.Key != "Code"), new("Code", code)]) };
            return (await half.SendAsync(request)).Status;
        }
    }

    private static byte[] Decode(string base32)
    {
        var bits = string.Concat(base32.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => Convert.ToByte(new string(chunk), 2))];
    }
}
