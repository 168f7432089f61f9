using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Keys;
using OidcProvider.Mail;

namespace OidcProvider.Cli;

internal enum Health
{
    Ok,
    Warning,
    Fault,
}

/// <summary>One thing that was looked at, and what to do when it is not well.</summary>
internal sealed record Finding(string What, Health Health, string Detail, string? Fix = null);

/// <summary>Looks at everything an installation depends on, as the server itself would meet it. Changes nothing.</summary>
internal sealed class Doctor(AppDbContext database, Migrator migrator, KeyDesk keys, Postman postman, IServiceProvider services, TimeProvider time)
{
    private const long LittleSpace = 1L << 30;
    private static readonly TimeSpan SlowQuery = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(5), MuchSkew = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellation)
    {
        List<Finding> findings = [];
        var faults = StartupChecks.Run(services);
        findings.AddRange(faults.Select(fault => new Finding("settings", Health.Fault, fault, "Correct the setting; `config check` looks again.")));
        if (faults.Count > 0)
        {
            return findings;
        }

        findings.Add(new("settings", Health.Ok, "complete"));
        if (!await DatabaseAsync(findings, cancellation))
        {
            return findings;
        }

        await KeysAsync(findings, cancellation);
        await MailAsync(findings, cancellation);
        Disk(findings);
        await IssuerAsync(findings, cancellation);
        return findings;
    }

    private async Task<bool> DatabaseAsync(List<Finding> findings, CancellationToken cancellation)
    {
        try
        {
            var pending = await migrator.PendingAsync(cancellation);
            findings.Add(pending.Count == 0
                ? new("database schema", Health.Ok, "up to date")
                : new("database schema", Health.Fault, $"{pending.Count} migration(s) are missing, first {pending[0]}", "Run `migrate`."));
            if (pending.Count > 0)
            {
                return false;
            }

            var times = new List<TimeSpan>();
            for (var round = 0; round < 5; round++)
            {
                var began = Stopwatch.GetTimestamp();
                _ = await database.ChangeCounts.AnyAsync(cancellation);
                times.Add(Stopwatch.GetElapsedTime(began));
            }

            var median = times.Order().ElementAt(2);
            findings.Add(new("database", median < SlowQuery ? Health.Ok : Health.Warning, string.Create(CultureInfo.InvariantCulture, $"answers in {median.TotalMilliseconds:0.0} ms"), median < SlowQuery ? null : "Bring the database nearer, or give it more room: each sign-in asks it several times."));
            await ClockAsync(findings, cancellation);
            return true;
        }
        catch (Exception fault) when (fault is System.Data.Common.DbException or InvalidOperationException or TimeoutException)
        {
            findings.Add(new("database", Health.Fault, fault.Message.ReplaceLineEndings(" "), "Check Database:Provider and ConnectionStrings:Database, and that the database runs."));
            return false;
        }
    }

    // The embedded database has this machine's clock.
    private async Task ClockAsync(List<Finding> findings, CancellationToken cancellation)
    {
        if (database is SqliteDbContext)
        {
            return;
        }

        var theirs = database is PostgreSqlDbContext
            ? await database.Database.SqlQuery<DateTime>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(cancellation)
            : await database.Database.SqlQuery<DateTime>($"SELECT SYSUTCDATETIME() AS Value").SingleAsync(cancellation);
        var skew = (time.GetUtcNow().UtcDateTime - DateTime.SpecifyKind(theirs, DateTimeKind.Utc)).Duration();
        findings.Add(new("clock", skew < MuchSkew ? Health.Ok : Health.Fault, string.Create(CultureInfo.InvariantCulture, $"{skew.TotalSeconds:0.0} s from the database's"), skew < MuchSkew ? null : "Keep the clocks of all machines in step (NTP): tokens and codes live by them."));
    }

    private async Task KeysAsync(List<Finding> findings, CancellationToken cancellation)
    {
        var rotateAfter = services.GetRequiredService<IOptions<KeysOptions>>().Value.RotateAfter;
        var now = time.GetUtcNow().UtcDateTime;
        var active = (await keys.ListAsync(cancellation)).Where(key => key.Phase is "signing" or "encrypting").ToList();
        if (active.Count == 0)
        {
            findings.Add(new("keys", Health.Warning, "there are none yet", "The first start of the server makes them."));
            return;
        }

        foreach (var key in active.Where(key => key.Use == "sig"))
        {
            var age = now - key.ActivateAt;
            var late = age > rotateAfter + TimeSpan.FromDays(2);
            findings.Add(new($"key {key.Algorithm}", late ? Health.Warning : Health.Ok, $"signs for {age.Days} day(s)", late ? $"It should have been replaced; run `key rotate --algorithm {key.Algorithm}` and look for warnings of the server." : null));
        }
    }

    private async Task MailAsync(List<Finding> findings, CancellationToken cancellation)
    {
        try
        {
            findings.Add(new("mail", Health.Ok, await postman.ProbeAsync(cancellation)));
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            findings.Add(new("mail", Health.Fault, fault.Message.ReplaceLineEndings(" "), "Check Email:Smtp; without mail nobody can reset a password."));
        }

        var yesterday = time.GetUtcNow().UtcDateTime.AddDays(-1);
        var failed = await database.OutboxMails.CountAsync(mail => mail.FailedAt > yesterday, cancellation);
        var waiting = await database.OutboxMails.CountAsync(mail => mail.SentAt == null && mail.FailedAt == null, cancellation);
        findings.Add(new("outbox", failed == 0 ? Health.Ok : Health.Warning, $"{waiting} waiting, {failed} given up since yesterday", failed == 0 ? null : "The server's log says why."));
    }

    private static void Disk(List<Finding> findings)
    {
        var drive = new DriveInfo(Directory.GetCurrentDirectory());
        var little = drive.AvailableFreeSpace < LittleSpace;
        findings.Add(new("disk", little ? Health.Warning : Health.Ok, $"{drive.AvailableFreeSpace >> 20} MiB free", little ? "Make room: a full disk stops every write." : null));
    }

    // As clients reach it: through the name, the proxy and TLS.
    private async Task IssuerAsync(List<Finding> findings, CancellationToken cancellation)
    {
        var issuer = services.GetRequiredService<IssuerUri>().Value;
        var url = $"{issuer.TrimEnd('/')}/.well-known/openid-configuration";
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            using var http = services.GetRequiredService<IHttpClientFactory>().CreateClient();
            using var document = JsonDocument.Parse(await http.GetStringAsync(new Uri(url), limit.Token));
            var said = document.RootElement.GetProperty("issuer").GetString();
            findings.Add(said == issuer
                ? new("issuer", Health.Ok, $"{issuer} answers")
                : new("issuer", Health.Fault, $"{url} belongs to {said}", "Issuer must be the address that clients use."));
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or JsonException && !cancellation.IsCancellationRequested)
        {
            findings.Add(new("issuer", Health.Warning, $"{issuer} does not answer ({fault.Message.ReplaceLineEndings(" ")})", "If the server runs: check DNS, the certificate and the proxy (X-Forwarded-Proto, Hosting:KnownProxies)."));
        }
    }
}
