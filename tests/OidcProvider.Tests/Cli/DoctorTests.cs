using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using OidcProvider.Cli;
using OidcProvider.TestKit;
using OidcProvider.Tests.Sessions;

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

    [Test]
    public async Task A_Redis_answers_to_its_password_and_to_no_other()
    {
        using var redis = new RedisServer("--requirepass", "of-redis-alone");
        var right = await LookAsync($"--ConnectionStrings:Redis=127.0.0.1:{redis.Port},password=of-redis-alone");
        Assert.That((right.Code, right.Findings.Single(finding => finding.What == "redis").Health), Is.EqualTo((0, "ok")));
        foreach (var wrong in new[] { $"127.0.0.1:{redis.Port},password=another", $"127.0.0.1:{redis.Port}", $"127.0.0.1:{redis.Port},password=of-redis-alone,ssl=true", "127.0.0.1:1", "127.0.0.1:6379,nonsense=1" })
        {
            var (code, findings) = await LookAsync($"--ConnectionStrings:Redis={wrong}");
            Assert.That((code, findings.Single(finding => finding.What == "redis").Health), Is.EqualTo((1, "fault")), wrong);
        }
    }

    [Test]
    public async Task A_Redis_behind_TLS_answers_when_its_certificate_is_trusted()
    {
        var folder = Directory.CreateTempSubdirectory("oidc-redis-").FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (trusted, secret) = (Path.Combine(folder, "redis.crt"), Path.Combine(folder, "redis.key"));
        await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(secret, key.ExportPkcs8PrivateKeyPem());
        using var redis = new RedisServer("--port", "0", "--tls-port", "{port}", "--tls-cert-file", trusted, "--tls-key-file", secret, "--tls-ca-cert-file", trusted, "--tls-auth-clients", "no");
        var named = $"--ConnectionStrings:Redis=localhost:{redis.Port},ssl=true";
        Assert.That((await LookAsync(named)).Findings.Single(finding => finding.What == "redis").Health, Is.EqualTo("fault"), "not trusted");

        // Which certificates a process trusts is settled when it begins.
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OidcProvider.TestKit.dll"), "doctor", "--json", .. Host.Arguments(), named]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.Environment["SSL_CERT_FILE"] = trusted;
        using var doctor = Process.Start(start)!;
        var seen = Read(await doctor.StandardOutput.ReadToEndAsync());
        await doctor.WaitForExitAsync();
        Assert.That(seen.Single(finding => finding.What == "redis").Health, Is.EqualTo("ok"));
        Directory.Delete(folder, recursive: true);
    }

    private sealed record Seen(string What, string Health, string? Fix);

    private async Task<(int Code, IReadOnlyList<Seen> Findings)> LookAsync(params string[] settings)
    {
        using StringWriter output = new(), error = new();
        var code = await CommandLine.InvokeAsync(["doctor", "--json", .. Host.Arguments(), .. settings], arguments => Program.Build(arguments), new CliConsole(output, error, TextReader.Null, Interactive: false));
        return (code, Read(output.ToString()));
    }

    private static IReadOnlyList<Seen> Read(string output) =>
        [.. JsonNode.Parse(output)!.AsArray().Select(finding => new Seen((string)finding!["what"]!, (string)finding["health"]!, (string?)finding["fix"]))];
}
