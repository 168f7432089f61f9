using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Cli;
using OidcProvider.Cli.Remote;
using OidcProvider.Clients;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Cli;

/// <summary>The verbs against a server over the network, signed in by its own device flow: they say what the same verbs on its database say.</summary>
public partial class RemoteTests : ProviderFixture
{
    private string _folder = null!;

    protected override JsonObject? Bootstrap => Given.Administration();

    [OneTimeSetUp]
    public async Task SignInAsync()
    {
        _folder = Directory.CreateTempSubdirectory("oidc-remote-").FullName;
        Environment.SetEnvironmentVariable(TokenCache.FolderVariable, Path.Combine(_folder, "config"));
        foreach (var client in Given.Administration()["clients"]!.AsArray())
        {
            Environment.SetEnvironmentVariable($"OIDC_SECRET_{NotInNames().Replace(((string)client!["client_id"]!).ToUpperInvariant(), "_")}", Given.Secret);
        }

        await LoginAsync(Given.Alice);
    }

    [OneTimeTearDown]
    public void Forget()
    {
        Environment.SetEnvironmentVariable(TokenCache.FolderVariable, null);
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Whoever_signed_in_is_known_and_the_tokens_are_theirs_alone()
    {
        var (code, text, error) = await RemoteAsync("whoami", "--json");
        Assert.That(code, Is.Zero, error);
        Assert.That((string?)JsonNode.Parse(text)!["email"], Is.EqualTo(Given.Alice));
        Assert.That(JsonNode.Parse(text)!["roles"]!.AsArray().Select(role => (string?)role), Does.Contain("admin"));
        var file = Directory.GetFiles(Path.Combine(_folder, "config")).Single();
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Test]
    public async Task A_verb_says_of_another_server_what_it_says_on_its_database()
    {
        var hook = await RemoteAsync("webhook", "add", "--url", "https://hooks.example.test/oidc", "--event", "user.*");
        Assert.That((hook.Code, hook.Out.StartsWith("whsec_", StringComparison.Ordinal)), Is.EqualTo((0, true)), hook.Error);
        string[][] verbs =
        [
            ["key", "list", "--json"], ["export"], ["export", "--format", "yaml"], ["user", "list", "--json"], ["user", "list", "--role", "admin"], ["user", "show", Given.Bob, "--json"],
            ["client", "lint", "--json"], ["client", "lint", Given.Web], ["webhook", "list", "--json"],
        ];
        foreach (var verb in verbs)
        {
            var (code, remote, error) = await RemoteAsync(verb);
            Assert.That(code, Is.Zero, error);
            Assert.That(remote, Is.EqualTo((await LocalAsync(verb)).Out).And.Length.GreaterThan(50));
        }
    }

    [Test]
    public async Task An_account_is_made_raised_barred_and_removed_from_afar()
    {
        const string email = "from.afar@example.test";
        var made = await RemoteAsync("user", "add", "--email", email, "--name", "From Afar", "--json");
        Assert.That((made.Code, ((string?)JsonNode.Parse(made.Out)!["password"])?.Length), Is.EqualTo((0, 24)), made.Error);
        Assert.That((await RemoteAsync("user", "add", "--email", email)).Error, Does.Contain("(user_exists)"));
        Assert.That(JsonNode.Parse((await RemoteAsync("user", "make-owner", email, "--json")).Out)!["roles"]!.AsArray().Select(role => (string?)role), Does.Contain("admin"));
        Assert.That((bool?)JsonNode.Parse((await RemoteAsync("user", "disable", email, "--json")).Out)!["disabled"], Is.True);
        Assert.That(JsonNode.Parse((await RemoteAsync("user", "list", "--disabled", "--json")).Out)!.AsArray().Select(user => (string?)user!["email"]), Is.EqualTo(new[] { email }));
        foreach (var verb in new[] { "enable", "reset-mfa", "unlock" })
        {
            var (code, text, error) = await RemoteAsync("user", verb, email, "--json");
            Assert.That((code, JsonNode.Parse(text)!["disabled"]), Is.EqualTo((0, (JsonNode?)null)), $"{verb}: {error}");
        }

        Assert.That((await RemoteAsync("user", "remove", email)).Code, Is.EqualTo(2), "nobody to ask, and no --yes");
        Assert.That((await RemoteAsync("user", "remove", email, "--yes")).Code, Is.Zero);
        var gone = await RemoteAsync("user", "show", email);
        Assert.That((gone.Code, gone.Error.Contains("(user_not_found)", StringComparison.Ordinal)), Is.EqualTo((1, true)), gone.Error);
    }

    [TestCase(true), TestCase(false)]
    public async Task A_client_gets_a_second_secret_loses_it_again_and_changes_over_in_a_time_of_grace(bool remote)
    {
        Task<(int Code, string Out, string Error)> VerbAsync(params string[] arguments) => remote ? RemoteAsync(arguments) : LocalAsync(arguments);
        var id = $"secrets-{(remote ? "afar" : "here")}";
        var made = await VerbAsync("client", "add", "--client-id", id, "--client-name", "Of secrets", "--grant-type", "client_credentials", "--token-endpoint-auth-method", "client_secret_basic", "--scope", "api", "--json");
        Assert.That(made.Code, Is.Zero, made.Error);
        var first = (string)JsonNode.Parse(made.Out)!["client_secret"]!;
        var added = await VerbAsync("client", "add-secret", id, "--description", "second machine", "--expires-in", "7.00:00:00", "--json");
        Assert.That(added.Code, Is.Zero, added.Error);
        var second = JsonNode.Parse(added.Out)!;
        Assert.That((DateTime)second["expires_at"]!, Is.EqualTo(DateTime.UtcNow.AddDays(7)).Within(TimeSpan.FromHours(1)));
        Assert.That((await WorksAsync(id, first), await WorksAsync(id, (string)second["client_secret"]!)), Is.EqualTo((true, true)));
        var listed = await VerbAsync("client", "secrets", id, "--json");
        Assert.That(JsonNode.Parse(listed.Out)!.AsArray().Select(secret => (string?)secret!["description"]), Does.Contain("second machine"));
        Assert.That(listed.Out, Does.Not.Contain((string)second["client_secret"]!));

        var which = (string)second["id"]!;
        Assert.That((await VerbAsync("client", "remove-secret", id, "--secret-id", which)).Code, Is.EqualTo(2), "nobody to ask, and no --yes");
        Assert.That((await VerbAsync("client", "remove-secret", id, "--secret-id", which, "--yes")).Code, Is.Zero);
        Assert.That((await VerbAsync("client", "remove-secret", id, "--secret-id", which, "--yes")).Code, Is.EqualTo(1), "it is gone");
        Assert.That((await WorksAsync(id, first), await WorksAsync(id, (string)second["client_secret"]!)), Is.EqualTo((true, false)));

        var rotated = await VerbAsync("client", "rotate-secret", id, "--grace", "02:00:00", "--json");
        Assert.That(rotated.Code, Is.Zero, rotated.Error);
        var third = (string)JsonNode.Parse(rotated.Out)!["client_secret"]!;
        Assert.That((await WorksAsync(id, first), await WorksAsync(id, third)), Is.EqualTo((true, true)), "in the time of grace");
        Assert.That((await VerbAsync("client", "rotate-secret", id, "--json")).Code, Is.Zero);
        Assert.That(await WorksAsync(id, third), Is.False, "without grace the old one ends at once");
    }

    // Another process has changed the client, perhaps, which this server sees within a second.
    private async Task<bool> WorksAsync(string id, string secret)
    {
        await Host.Services.GetRequiredService<RegistrySnapshot>().RefreshAsync(CancellationToken.None);
        using var client = new RelyingParty(Host, id, null, secret);
        return (await client.TokenAsync([("grant_type", "client_credentials"), ("scope", "api")])).Status == HttpStatusCode.OK;
    }

    [Test]
    public async Task A_refused_request_is_explained_from_afar_and_the_doctor_answers_for_the_server()
    {
        var id = await new Protocol.Explain.BrokenRequests(Host).AuthorizeAsync(("response_type", "token"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while ((await RemoteAsync("explain", id)).Code != 0)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        var (code, text, error) = await RemoteAsync("explain", id, "--json");
        Assert.That(code, Is.Zero, error);
        Assert.That(text, Is.EqualTo((await LocalAsync("explain", id, "--json")).Out).And.Contain("response_type 'token' is not offered"));
        var none = await RemoteAsync("explain", "00000000000000000000");
        Assert.That((none.Code, none.Error.Contains("(request_not_found)", StringComparison.Ordinal)), Is.EqualTo((1, true)), none.Error);
        var doctor = await RemoteAsync("doctor", "--json");
        Assert.That(JsonNode.Parse(doctor.Out)!.AsArray().Select(finding => (string?)finding!["what"]), Does.Contain("database schema"), doctor.Error);
    }

    [Test]
    public async Task Clients_below_the_grade_that_is_asked_for_end_the_verb_with_a_fault()
    {
        foreach (var run in new Func<string[], Task<(int Code, string Out, string Error)>>[] { RemoteAsync, LocalAsync })
        {
            var (code, text, error) = await run(["client", "lint", Given.Legacy, "--json"]);
            Assert.That(code, Is.Zero, error);
            var grade = (string)JsonNode.Parse(text)![0]!["grade"]!;
            Assert.That((await run(["client", "lint", Given.Legacy, "--min-grade", grade])).Code, Is.Zero);
            Assert.That(grade, Is.Not.EqualTo("A"));
            Assert.That((await run(["client", "lint", Given.Legacy, "--min-grade", $"{(char)(grade[0] - 1)}"])).Code, Is.EqualTo(1));
            Assert.That((await run(["client", "lint", "nobody"])).Error, Does.Contain("(client_not_found)"));
        }
    }

    [Test]
    public async Task A_file_is_planned_applied_and_then_no_drift_any_more()
    {
        var wanted = JsonNode.Parse((await RemoteAsync("export")).Out)!.AsObject();
        wanted["clients"]!.AsArray().Add(new JsonObject { ["client_id"] = "from-afar", ["client_secret"] = "${file:" + Path.Combine(_folder, "secret") + "}", ["grant_types"] = new JsonArray("client_credentials"), ["scope"] = "api" });
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), "another-secret-of-this-test-suite-0123456789\n");
        var file = Path.Combine(_folder, "wanted.json");
        await File.WriteAllTextAsync(file, wanted.ToJsonString());

        var plan = await RemoteAsync("apply", file, "--dry-run");
        Assert.That((plan.Code, plan.Out), Is.EqualTo((0, plan.Out)), plan.Error);
        Assert.That(plan.Out, Does.Contain("+ client from-afar").And.Not.Contain("~ "));
        Assert.That((await RemoteAsync("drift", file)).Code, Is.EqualTo(3));
        var applied = await RemoteAsync("apply", file);
        Assert.That(applied.Code, Is.Zero, applied.Error);
        Assert.That((await RemoteAsync("drift", file)).Code, Is.Zero);
        using var worker = new RelyingParty(Host, "from-afar", null, "another-secret-of-this-test-suite-0123456789");
        Assert.That((await worker.TokenAsync(("grant_type", "client_credentials"), ("scope", "api")))["access_token"], Is.Not.Null);
    }

    [Test]
    public async Task A_refusal_is_told_with_its_code()
    {
        await RemoteAsync("key", "rotate", "--algorithm", "ES256");
        var (code, _, error) = await RemoteAsync("key", "rotate", "--algorithm", "ES256");
        Assert.That((code, error), Is.EqualTo((1, error)));
        Assert.That(error, Does.Contain("(key_announced)"));
    }

    [Test]
    public async Task Tokens_go_to_https_or_to_this_machine_only_and_a_verb_for_this_machine_touches_no_other()
    {
        Assert.That((await RunAsync("key", "list", "--server", "http://id.example")).Code, Is.EqualTo(2));
        var (code, _, error) = await RunAsync("whoami", "--server", "https://127.0.0.1:1");
        Assert.That((code, error.Contains("error:", StringComparison.Ordinal)), Is.EqualTo((1, true)));
        Assert.That((await RunAsync("login")).Code, Is.EqualTo(2));
        foreach (string[] verb in new[] { ["migrate"], ["config", "check"], new[] { "serve" } })
        {
            (code, _, error) = await RunAsync([.. verb, "--server", Host.IssuerValue]);
            Assert.That((code, error), Is.EqualTo((2, error)), string.Join(' ', verb));
            Assert.That(error, Does.Contain("this machine only"));
        }
    }

    [Test]
    public async Task A_shell_is_told_what_may_come_next()
    {
        foreach (var shell in new[] { "bash", "zsh", "fish", "pwsh" })
        {
            var (code, script, _) = await RunAsync("completion", shell);
            Assert.That((code, script.Contains("[suggest:", StringComparison.Ordinal)), Is.EqualTo((0, true)));
        }

        var asked = await RunAsync("[suggest:4]", "key ");
        Assert.That(asked.Code, Is.Zero, asked.Error);
        Assert.That(asked.Out.Split('\n').Select(line => line.Trim()), Does.Contain("rotate").And.Contain("revoke"));
    }

    private async Task LoginAsync(string user)
    {
        using var error = new Listener();
        var login = RunAsync(error, "login", "--server", Host.IssuerValue);
        using var browser = Browser();
        var page = await browser.GetAsync((await error.LineAsync("or open", login)).Split("or open")[1].Trim());
        page = await browser.SignInAsync(page, user);
        await browser.SubmitAsync(page, "allow");
        Assert.That((await login).Code, Is.Zero, error.ToString());
    }

    private Task<(int Code, string Out, string Error)> RemoteAsync(params string[] verb) => RunAsync([.. verb, "--server", Host.IssuerValue]);

    private Task<(int Code, string Out, string Error)> LocalAsync(params string[] verb) => RunAsync([.. verb, .. Host.Arguments()]);

    private static async Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments)
    {
        using var error = new Listener();
        return await RunAsync(error, arguments);
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(Listener error, params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await CommandLine.InvokeAsync(arguments, settings => Program.Build(settings), new CliConsole(output, error, TextReader.Null, Interactive: false));
        return (code, output.ToString(), error.ToString());
    }

    [GeneratedRegex("[^A-Z0-9]+")]
    private static partial Regex NotInNames();

    /// <summary>What a verb says while it runs, line by line.</summary>
    private sealed class Listener : StringWriter
    {
        private readonly System.Threading.Channels.Channel<string> _lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            _lines.Writer.TryWrite(value ?? "");
        }

        public async Task<string> LineAsync(string part, Task ended)
        {
            while (true)
            {
                var next = _lines.Reader.ReadAsync().AsTask();
                if (await Task.WhenAny(next, ended) == ended)
                {
                    throw new InvalidOperationException(ToString());
                }

                if ((await next).Contains(part, StringComparison.Ordinal))
                {
                    return await next;
                }
            }
        }
    }
}

/// <summary>Sign-ins that have aged: tokens are refreshed, and where refreshing is not enough a person is asked for.</summary>
public class RemoteSignInTests
{
    [Test]
    public void Waiting_follows_what_the_server_says_and_has_a_limit()
    {
        using var said = new HttpResponseMessage(System.Net.HttpStatusCode.TooManyRequests);
        said.Headers.RetryAfter = new(TimeSpan.FromSeconds(7));
        Assert.That(RemoteProblems.Pause(said, 1, DateTimeOffset.UnixEpoch), Is.InRange(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7.3)));
        using var date = new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable);
        date.Headers.RetryAfter = new(DateTimeOffset.UnixEpoch.AddHours(2));
        Assert.That(RemoteProblems.Pause(date, 1, DateTimeOffset.UnixEpoch), Is.InRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61)));
        using var nothing = new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable);
        Assert.That(RemoteProblems.Pause(nothing, 3, DateTimeOffset.UnixEpoch), Is.InRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.3)));
    }

    [TestCase("""{"code":"client_exists","detail":"x","errors":[{"code":"client_exists","message":"is registered already","field":"client_id"}]}""", "client_id: is registered already", "client_exists")]
    [TestCase("<html>502 from a proxy</html>", "The server answers 502, and not as an OidcProvider server does.", "unexpected_answer")]
    [TestCase("""{"error":"invalid_token"}""", "", "invalid_token")]
    public void Whatever_answers_is_understood(string body, string words, string code)
    {
        var problem = RemoteProblems.Read(System.Net.HttpStatusCode.BadGateway, body).Single();
        Assert.That((problem.ToString(), problem.Code), Is.EqualTo((words, code)));
    }

    [TestCase("https://id.example", "https://id.example/"), TestCase("https://id.example/tenant", "https://id.example/tenant/"), TestCase("http://localhost:5080", "http://localhost:5080/"), TestCase("http://[::1]:5080/", "http://[::1]:5080/")]
    [TestCase("http://id.example", null), TestCase("ftp://id.example", null), TestCase("id.example", null), TestCase("https://me:secret@id.example", null), TestCase("https://id.example?x=1", null), TestCase("http://localhost.evil.example", null)]
    public void An_address_is_https_or_this_machine(string text, string? address)
    {
        var parsed = ServerAddress.Parse(text);
        Assert.That(parsed.Succeeded ? parsed.Value.AbsoluteUri : null, Is.EqualTo(address));
    }
}
