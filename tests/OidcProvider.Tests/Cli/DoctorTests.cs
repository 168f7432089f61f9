using System.Text.Json.Nodes;
using OidcProvider.Cli;
using OidcProvider.TestKit;

namespace OidcProvider.Tests.Cli;

/// <summary>What the doctor finds on an installation that runs, and on broken ones.</summary>
[TestFixture(Database.Sqlite), TestFixture(Database.PostgreSql), Category("Provider")]
public class DoctorTests(Database database) : ProviderFixture(database)
{
    [Test]
    public async Task A_running_installation_is_well()
    {
        var (code, findings) = await LookAsync();
        Assert.That(findings.Where(finding => finding.Health != "ok"), Is.Empty);
        Assert.That(code, Is.Zero);
        Assert.That(findings.Select(finding => finding.What), Is.SupersetOf(new[] { "settings", "database", "database schema", "key RS256", "mail", "outbox", "disk", "issuer" }));
    }

    [Test]
    public async Task A_mail_server_that_does_not_answer_is_a_fault_with_its_fix()
    {
        var (code, findings) = await LookAsync("--Email:Transport=Smtp", "--Email:Smtp:Host=127.0.0.1", "--Email:Smtp:Port=1");
        Assert.That(code, Is.EqualTo(1));
        Assert.That(findings.Single(finding => finding.What == "mail"), Is.EqualTo(new Seen("mail", "fault", "Check Email:Smtp; without mail nobody can reset a password.")));
    }

    [Test]
    public async Task An_address_that_answers_for_nobody_is_a_warning()
    {
        var (code, findings) = await LookAsync("--Issuer=http://127.0.0.1:1");
        Assert.That((code, findings.Single(finding => finding.What == "issuer").Health), Is.EqualTo((0, "warning")));
    }

    private sealed record Seen(string What, string Health, string? Fix);

    private async Task<(int Code, IReadOnlyList<Seen> Findings)> LookAsync(params string[] settings)
    {
        using StringWriter output = new(), error = new();
        var code = await CommandLine.InvokeAsync(["doctor", "--json", .. Host.Arguments(), .. settings], arguments => Program.Build(arguments), new CliConsole(output, error, TextReader.Null, Interactive: false));
        return (code, [.. JsonNode.Parse(output.ToString())!.AsArray().Select(finding => new Seen((string)finding!["what"]!, (string)finding["health"]!, (string?)finding["fix"]))]);
    }
}
