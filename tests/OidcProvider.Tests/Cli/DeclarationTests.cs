using System.Text.Json.Nodes;
using OidcProvider.Cli;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Cli;

/// <summary>The configuration as a file: exported, compared, applied, and the same again on an empty database.</summary>
public class DeclarationTests
{
    private string _folder = null!;
    private string _file = null!;

    [SetUp]
    public void Begin()
    {
        _folder = Directory.CreateTempSubdirectory("oidc-declaration-").FullName;
        _file = Path.Combine(_folder, "wanted.json");
        foreach (var client in Given.Everything()["clients"]!.AsArray())
        {
            var name = System.Text.RegularExpressions.Regex.Replace(((string)client!["client_id"]!).ToUpperInvariant(), "[^A-Z0-9]+", "_");
            Environment.SetEnvironmentVariable($"OIDC_SECRET_{name}", Given.Secret);
        }
    }

    [TearDown]
    public void End() => Directory.Delete(_folder, recursive: true);

    [TestCase("json"), TestCase("yaml")]
    public async Task An_export_applied_to_an_empty_database_exports_the_same_bytes(string format)
    {
        await File.WriteAllTextAsync(_file, SwitchedOff.With(Given.Everything()).ToJsonString());
        var made = await RunAsync("one", "apply", _file);
        Assert.That(made.Code, Is.Zero, made.Error);
        var first = await RunAsync("one", "export", "--format", format);
        Assert.That(first.Out, Does.Contain("${env:OIDC_WEBHOOK_SECRET_HOOKS_EXAMPLE_USERS}").And.Contain("${env:OIDC_WEBHOOK_SECRET_HOOKS_EXAMPLE_USERS_2}").And.Not.Contain("whsec_").And.Not.Contain("T0K3N}"));
        Assert.That(System.Text.RegularExpressions.Regex.Count(first.Out, "disabled\"?: true"), Is.EqualTo(3), "a client, a user and a webhook");
        Assert.That(first.Out, Does.Contain("${env:OIDC_SECRET_WEB}").And.Not.Contain(Given.Secret).And.Not.Contain(Given.Password));
        var exported = Path.Combine(_folder, $"exported.{format}");
        await File.WriteAllTextAsync(exported, first.Out);

        var applied = await RunAsync("two", "apply", exported);
        Assert.That(applied.Code, Is.Zero, applied.Error);
        Assert.That((await RunAsync("two", "export", "--format", format)).Out, Is.EqualTo(first.Out));
        var drift = await RunAsync("two", "drift", exported);
        Assert.That((drift.Code, drift.Out), Is.EqualTo((0, "")));
        Assert.That((await RunAsync("two", "apply", exported)).Error, Does.Contain("Nothing to change"));
    }

    [Test]
    public async Task A_plan_names_fields_before_and_after_changes_nothing_and_drift_says_so_by_its_exit_code()
    {
        var wanted = Given.Everything();
        await File.WriteAllTextAsync(_file, wanted.ToJsonString());
        await RunAsync("one", "apply", _file);
        wanted["clients"]![0]!["redirect_uris"] = new JsonArray("https://new.example/cb");
        wanted["clients"]!.AsArray().RemoveAt(1);
        wanted["users"]![1]!["family_name"] = "Baker";
        await File.WriteAllTextAsync(_file, wanted.ToJsonString());

        var plan = await RunAsync("one", "apply", _file, "--dry-run");
        Assert.That(plan.Code, Is.Zero);
        Assert.That(plan.Out, Does.Contain("~ client web").And.Contain($"redirect_uris: [\"{Given.Redirect}\"] → [\"https://new.example/cb\"]").And.Contain("family_name: \"Builder\" → \"Baker\"").And.Not.Contain("- client"));
        Assert.That((await RunAsync("one", "apply", _file, "--dry-run", "--prune")).Out, Does.Contain("- client other"));
        var drift = await RunAsync("one", "drift", _file, "--json");
        Assert.That(drift.Code, Is.EqualTo(3));
        Assert.That(JsonNode.Parse(drift.Out)!.AsArray().Select(step => (string?)step!["action"]), Does.Contain("remove").And.Contain("change"));

        Assert.That((await RunAsync("one", "apply", _file, "--prune")).Code, Is.Zero);
        Assert.That((await RunAsync("one", "drift", _file)).Code, Is.Zero);
        Assert.That((await RunAsync("one", "client", "list")).Out, Does.Not.Contain("other"));
    }

    [Test]
    public async Task A_reference_that_is_not_set_is_a_fault_for_a_new_client_and_nothing_is_changed()
    {
        await File.WriteAllTextAsync(_file, """{ "clients": [ { "client_id": "fresh", "client_secret": "${env:OIDC_SECRET_NOT_SET_ANYWHERE}", "grant_types": ["client_credentials"] }, { "client_id": "open", "token_endpoint_auth_method": "none", "redirect_uris": ["https://a.example/cb"] } ] }""");
        var refused = await RunAsync("one", "apply", _file);
        Assert.That(refused.Code, Is.EqualTo(1));
        Assert.That(refused.Error, Does.Contain("clients[0].client_secret"));
        Assert.That((await RunAsync("one", "client", "list", "--json")).Out.Trim(), Is.EqualTo("[]"));
    }

    [Test]
    public async Task What_is_switched_off_and_what_webhooks_are_told_stands_in_the_plan_and_in_drift()
    {
        var wanted = SwitchedOff.With(Given.Everything());
        await File.WriteAllTextAsync(_file, wanted.ToJsonString());
        await RunAsync("one", "apply", _file);
        wanted["clients"]![0]!["disabled"] = true;
        wanted["clients"]![1]!.AsObject().Remove("disabled");
        wanted["users"]![1]!.AsObject().Remove("disabled");
        wanted["webhooks"]![0]!["events"] = new JsonArray("key.*", "client.*");
        wanted["webhooks"]![0]!["description"] = "Another";
        wanted["webhooks"]![0]!["secret"] = $"whsec_{Convert.ToBase64String(new byte[32])}";
        wanted["webhooks"]![0]!["disabled"] = true;
        wanted["webhooks"]!.AsArray().RemoveAt(1);
        await File.WriteAllTextAsync(_file, wanted.ToJsonString());

        var plan = await RunAsync("one", "apply", _file, "--dry-run");
        Assert.That(plan.Code, Is.Zero, plan.Error);
        Assert.That(plan.Out.ReplaceLineEndings("\n"), Does.Contain("~ client web\n    disabled: (not set) → true")
            .And.Contain("~ client other\n    disabled: true → (not set)").And.Contain($"~ user {Given.Bob}\n    disabled: true → (not set)")
            .And.Contain($"~ webhook {SwitchedOff.Audit}").And.Contain("events: [\"*\"] → [\"client.*\",\"key.*\"]").And.Contain("description: \"Keeps everything\" → \"Another\"")
            .And.Contain("secret: (hidden) → (hidden, another)").And.Not.Contain("whsec_").And.Not.Contain("- webhook"));
        Assert.That((await RunAsync("one", "apply", _file, "--dry-run", "--prune")).Out, Does.Contain($"- webhook {SwitchedOff.Users} #2"));
        Assert.That((await RunAsync("one", "drift", _file)).Code, Is.EqualTo(3));

        Assert.That((await RunAsync("one", "apply", _file)).Code, Is.Zero);
        Assert.That((await RunAsync("one", "drift", _file)).Out.Trim(), Is.EqualTo($"- webhook {SwitchedOff.Users} #2"), "not removed until somebody asks");
        Assert.That((await RunAsync("one", "apply", _file, "--prune")).Code, Is.Zero);
        Assert.That((await RunAsync("one", "drift", _file)).Code, Is.Zero);
    }

    [Test]
    public async Task A_file_that_does_not_speak_of_webhooks_removes_none_but_an_empty_list_does()
    {
        var wanted = SwitchedOff.With(Given.Everything());
        await File.WriteAllTextAsync(_file, wanted.ToJsonString());
        await RunAsync("one", "apply", _file);
        wanted.Remove("webhooks");
        await File.WriteAllTextAsync(_file, wanted.ToJsonString());
        Assert.That((await RunAsync("one", "apply", _file, "--prune")).Error, Does.Contain("Nothing to change"));
        wanted["webhooks"] = new JsonArray();
        await File.WriteAllTextAsync(_file, wanted.ToJsonString());
        Assert.That((await RunAsync("one", "apply", _file, "--prune")).Error, Does.Contain("3 change(s) made"));
        Assert.That((await RunAsync("one", "webhook", "list", "--json")).Out.Trim(), Is.EqualTo("[]"));
    }

    [TestCase("{ \"url\": \"https://hooks.example/\", \"events\": [\"*\"], \"colour\": \"red\" }", "webhooks[0].colour")]
    [TestCase("{ \"url\": \"https://hooks.example/\", \"events\": [\"*\"] }", "webhooks[0].secret")]
    [TestCase("{ \"url\": \"https://hooks.example/\", \"events\": [\"*\"], \"secret\": \"whsec_c2hvcnQ=\" }", "webhooks[0].secret")]
    [TestCase("{ \"url\": \"https://10.0.0.1/\", \"events\": [\"*\"] }", "webhooks[0].url")]
    [TestCase("{ \"url\": \"https://hooks.example/\", \"events\": [\"user.exploded\"] }", "webhooks[0].events")]
    public async Task A_fault_in_a_webhook_is_named_by_its_path(string hook, string field)
    {
        await File.WriteAllTextAsync(_file, $"{{ \"webhooks\": [ {hook} ] }}");
        var refused = await RunAsync("one", "apply", _file);
        Assert.That(refused.Code, Is.EqualTo(1));
        Assert.That(refused.Error, Does.Contain(field));
    }

    private async Task<(int Code, string Out, string Error)> RunAsync(string name, params string[] verb)
    {
        using StringWriter output = new(), error = new();
        string[] settings =
        [
            "--environment=Development", "--Issuer=http://localhost:5080", $"--ConnectionStrings:Database=Data Source={Path.Combine(_folder, name)}.db", $"--Hosting:MasterKey={Convert.ToBase64String(new byte[32])}",
            "--PasswordHash:MemoryKiB=8192", "--PasswordHash:Iterations=1",
        ];
        var code = await CommandLine.InvokeAsync([.. verb, .. settings], arguments => Program.Build(arguments), new CliConsole(output, error, TextReader.Null, Interactive: false));
        return (code, output.ToString(), error.ToString());
    }
}
