using System.Text.Json.Nodes;
using OidcProvider.Cli;

namespace OidcProvider.Tests.Cli;

internal sealed class CommandLineTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("oidc-test-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    private async Task<(int Code, string Out, string Error)> RunAsync(string line, string input = "", bool interactive = false)
    {
        using StringWriter output = new(), error = new();
        using var reader = new StringReader(input);
        var code = await CommandLine.InvokeAsync(
            [.. line.Split(' '), .. TestServices.Arguments(_folder)], arguments => Program.Build(arguments), new CliConsole(output, error, reader, interactive));
        return (code, output.ToString(), error.ToString());
    }

    [TestCase("frobnicate", "'frobnicate'")]
    [TestCase("clent list", "client")]
    [TestCase("client", "Required command")]
    [TestCase("client list --unknown-option", "--unknown-option")]
    [TestCase("client show", "Name the client")]
    [TestCase("client show a --client-id b", "Name the client")]
    [TestCase("user disable", "email")]
    public async Task Wrong_usage_ends_with_2_and_says_what_is_wrong_on_standard_error(string line, string words)
    {
        var (code, output, error) = await RunAsync(line);

        Assert.That(code, Is.EqualTo(2));
        Assert.That(output, Is.Empty);
        Assert.That(error, Does.Contain(words).And.Contain("Usage:"));
    }

    [TestCase("--help")]
    [TestCase("client --help")]
    [TestCase("client add --help")]
    [TestCase("migrate -h")]
    public async Task Help_goes_to_standard_output(string line)
    {
        var (code, output, _) = await RunAsync(line);

        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("Usage:"));
        Assert.That(File.Exists(Path.Combine(_folder, "oidc.db")), Is.False);
    }

    [Test]
    public async Task An_api_key_is_made_once_shown_once_listed_and_revoked()
    {
        Assert.That((await RunAsync("user add --email svc@example.test --role auditor")).Code, Is.Zero);
        var added = await RunAsync("api-key add --user svc@example.test --name nightly --scope admin.keys.read --days 7");
        Assert.That(added.Code, Is.Zero, added.Error);
        var key = added.Out.Trim();
        Assert.That(key, Does.Match("^oidck_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}$"));
        Assert.That((await RunAsync("api-key add --user svc@example.test --name x --scope admin.keys.write")).Error, Does.Contain("scope: 'admin.keys.write'"));
        var listed = await RunAsync("api-key list --json");
        Assert.That(listed.Out, Does.Contain(key[..14]).And.Contain("\"state\": \"active\"").And.Not.Contain(key));
        Assert.That((await RunAsync($"api-key revoke {key[..14]}")).Code, Is.EqualTo(2), "without a terminal it asks for --yes");
        Assert.That((await RunAsync($"api-key revoke {key[..14]} --yes")).Code, Is.Zero);
        Assert.That((await RunAsync("api-key list --state revoked")).Out, Does.Contain(key[..14]));
        Assert.That((await RunAsync("api-key revoke oidck_unknown0 --yes")).Code, Is.EqualTo(1));
    }

    [Test]
    public async Task A_webhook_is_registered_listed_tested_and_removed()
    {
        Assert.That((await RunAsync("webhook add --url https://169.254.169.254/ --event *")).Error, Does.Contain("url:"));
        var added = await RunAsync("webhook add --url https://hooks.example/x --event user.* --event key.rotated --json");
        Assert.That(added.Code, Is.Zero, added.Error);
        var hook = JsonNode.Parse(added.Out)!;
        Assert.That((string?)hook["secret"], Does.StartWith("whsec_"));
        var listed = await RunAsync("webhook list");
        Assert.That(listed.Out, Does.Contain("https://hooks.example/x").And.Contain("working").And.Not.Contain("whsec_"));
        Assert.That((await RunAsync($"webhook test {hook["id"]}")).Code, Is.Zero);
        Assert.That((await RunAsync($"webhook remove {hook["id"]} --yes")).Code, Is.Zero);
        Assert.That((await RunAsync($"webhook test {hook["id"]}")).Error, Does.Contain("no such webhook"));
    }

    [Test]
    public async Task A_client_is_added_shown_changed_and_removed_before_the_first_start()
    {
        var added = await RunAsync("client add --client-id web --redirect-uri http://127.0.0.1:7101/cb --redirect-uri https://rp1.test/cb --grant-type authorization_code --grant-type refresh_token --json");
        Assert.That(added.Code, Is.Zero, added.Error);
        var client = JsonNode.Parse(added.Out)!;
        Assert.That(client["client_secret"]!.ToString(), Has.Length.EqualTo(43));
        Assert.That(client["redirect_uris"]!.AsArray(), Has.Count.EqualTo(2));

        var updated = await RunAsync("client update web --client-name Renamed --require-pkce false --access-token-lifetime 00:05:00 --json");
        Assert.That(updated.Code, Is.Zero, updated.Error);
        Assert.That(JsonNode.Parse(updated.Out)!["client_secret"], Is.Null);

        var shown = JsonNode.Parse((await RunAsync("client show --client-id web --json")).Out)!;
        Assert.That(shown["client_name"]!.ToString(), Is.EqualTo("Renamed"));
        Assert.That(shown["require_pkce"]!.GetValue<bool>(), Is.False);
        Assert.That(shown["redirect_uris"]!.AsArray(), Has.Count.EqualTo(2));

        var rotated = JsonNode.Parse((await RunAsync("client rotate-secret web --json")).Out)!;
        Assert.That(rotated["client_secret"]!.ToString(), Is.Not.EqualTo(client["client_secret"]!.ToString()));
        Assert.That(JsonNode.Parse((await RunAsync("client list --json")).Out)!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((await RunAsync("client list")).Out, Does.Contain("Renamed"));

        Assert.That((await RunAsync("client remove web")).Code, Is.EqualTo(2));
        Assert.That((await RunAsync("client remove web", "n\n", interactive: true)).Code, Is.EqualTo(1));
        Assert.That((await RunAsync("client remove web", "y\n", interactive: true)).Code, Is.Zero);
        Assert.That((await RunAsync("client show web")).Code, Is.EqualTo(1));
    }

    [Test]
    public async Task A_refused_client_ends_with_1_and_every_fault_on_a_line()
    {
        var (code, output, error) = await RunAsync("client add --client-id web --redirect-uri javascript:alert(1) --grant-type password --default-max-age soon");
        Assert.That(code, Is.EqualTo(1));
        Assert.That(output, Is.Empty);
        Assert.That(error, Does.Contain("default_max_age: must be a whole number"));

        (_, _, error) = await RunAsync("client add --client-id web --redirect-uri javascript:alert(1) --grant-type password");
        Assert.That(error, Does.Contain("redirect_uris[0]: ").And.Contain("grant_types[0]: "));
    }

    [Test]
    public async Task A_user_is_added_with_a_password_from_standard_input_or_a_made_one()
    {
        var given = await RunAsync("user add --email alice@example.test --given-name Alice --role admin --password-stdin --json", "correct horse battery staple\n");
        Assert.That(given.Code, Is.Zero, given.Error);
        Assert.That(given.Out + given.Error, Does.Not.Contain("correct horse"));

        var made = JsonNode.Parse((await RunAsync("user add --email bob@example.test --json")).Out)!;
        Assert.That(made["password"]!.ToString(), Has.Length.GreaterThanOrEqualTo(15));

        Assert.That((await RunAsync("user add --email carol@example.test --password-stdin", "short\n")).Code, Is.EqualTo(1));
        Assert.That((await RunAsync("user disable bob@example.test")).Code, Is.Zero);
        var users = JsonNode.Parse((await RunAsync("user list --json")).Out)!.AsArray();
        Assert.That(users.Select(user => (user!["email"]!.ToString(), user["disabled"] is not null)), Is.EqualTo(new[] { ("alice@example.test", false), ("bob@example.test", true) }));
        Assert.That((await RunAsync("user enable bob@example.test")).Code, Is.Zero);
    }

    [Test]
    public async Task Migrate_lists_then_applies_then_has_nothing_to_do()
    {
        var pending = await RunAsync("migrate --dry-run --json");
        Assert.That(JsonNode.Parse(pending.Out)!["pending"]!.AsArray(), Is.Not.Empty);

        Assert.That((await RunAsync("migrate")).Out, Is.Not.Empty);
        Assert.That((await RunAsync("migrate")).Out, Is.Empty);
    }

    [Test]
    public async Task A_good_configuration_is_ok()
    {
        var (code, output, error) = await RunAsync("config check");
        Assert.That(code, Is.Zero, error);
        Assert.That(output.Trim(), Is.EqualTo("ok"));
    }

    [TestCase("config check")]
    [TestCase("serve")]
    public async Task Every_fault_of_the_configuration_is_a_line_without_a_stack_trace(string verb)
    {
        var (code, _, error) = await RunAsync($"{verb} --Users:PasswordMinimumLength=3 --Users:Mistyped=1 --Issuer=ftp://nowhere");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("PasswordMinimumLength").And.Contain("Users:Mistyped").And.Contain("Issuer"));
        Assert.That(error, Does.Not.Contain("   at "));
    }

    [Test]
    public async Task An_invalid_bootstrap_file_stops_the_start_with_every_fault_by_path()
    {
        var file = Path.Combine(_folder, "bootstrap.json");
        await File.WriteAllTextAsync(file, """{ "clients": [ { "client_id": "web", "redirect_uris": ["https://rp1.test/cb", "https://rp1.test/*"], "scope": "nonsense" } ] }""");
        var (code, _, error) = await RunAsync($"serve --urls=http://127.0.0.1:0 --Bootstrap:File={file}");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("clients[0].redirect_uris[1]: ").And.Contain("clients[0].scope: ").And.Contain("clients[0].client_secret: "));
    }
}
