using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Admin.Doctor;

/// <summary>Whether the database answers, how fast, and whether its schema is the one this version needs.</summary>
internal sealed class DatabaseExamination(AppDbContext database, Migrator migrator) : IExamination
{
    private static readonly TimeSpan SlowQuery = TimeSpan.FromMilliseconds(50);

    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var (pending, fault) = await PendingAsync(cancellation);
        if (fault is not null)
        {
            yield return Finding.Fault("database", fault, "Check Database:Provider and ConnectionStrings:Database, and that the database runs.");
            yield break;
        }

        if (pending.Count > 0)
        {
            yield return Finding.Fault("database schema", $"{pending.Count} migration(s) are missing, first {pending[0]}", "Run `migrate`.");
            yield break;
        }

        yield return Finding.Ok("database schema", "up to date");
        var times = new List<TimeSpan>();
        for (var round = 0; round < 5; round++)
        {
            var began = Stopwatch.GetTimestamp();
            _ = await database.ChangeCounts.AnyAsync(cancellation);
            times.Add(Stopwatch.GetElapsedTime(began));
        }

        var median = times.Order().ElementAt(2);
        var words = string.Create(CultureInfo.InvariantCulture, $"answers in {median.TotalMilliseconds:0.0} ms");
        yield return median < SlowQuery ? Finding.Ok("database", words) : Finding.Warning("database", words, "Bring the database nearer, or give it more room: each sign-in asks it several times.");
    }

    private async Task<(IReadOnlyList<string> Pending, string? Fault)> PendingAsync(CancellationToken cancellation)
    {
        try
        {
            return (await migrator.PendingAsync(cancellation), null);
        }
        catch (Exception fault) when (fault is System.Data.Common.DbException or InvalidOperationException or TimeoutException)
        {
            return ([], fault.Message.ReplaceLineEndings(" "));
        }
    }
}

/// <summary>Whether this machine's clock agrees with the database's. The embedded database has this machine's.</summary>
internal sealed class ClockExamination(AppDbContext database, TimeProvider time) : IExamination
{
    private static readonly TimeSpan MuchSkew = TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<Finding> LookAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (database is SqliteDbContext)
        {
            yield return Finding.Ok("clock", "one for server and database");
            yield break;
        }

        var theirs = database is PostgreSqlDbContext
            ? await database.Database.SqlQuery<DateTime>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(cancellation)
            : await database.Database.SqlQuery<DateTime>($"SELECT SYSUTCDATETIME() AS Value").SingleAsync(cancellation);
        var skew = (time.GetUtcNow().UtcDateTime - DateTime.SpecifyKind(theirs, DateTimeKind.Utc)).Duration();
        var words = string.Create(CultureInfo.InvariantCulture, $"{skew.TotalSeconds:0.0} s from the database's");
        yield return skew < MuchSkew ? Finding.Ok("clock", words) : Finding.Fault("clock", words, "Keep the clocks of all machines in step (NTP): tokens and codes live by them.");
    }
}
