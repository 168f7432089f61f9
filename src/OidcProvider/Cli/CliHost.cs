using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Cli;

/// <summary>
/// Runs a verb on the built but never started server: same settings and services as <c>serve</c>, no listener.
/// </summary>
internal sealed class CliHost(Func<string[], WebApplication> build, string[] settings, CliConsole console)
{
    // Log lines of a verb are words, not data; standard output stays clean for scripts.
    private static readonly string[] LogToError = ["--Logging:Console:LogToStandardErrorThreshold=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Error", "--Logging:LogLevel:System.Net.Http=Warning"];

    public const string Actor = "cli";

    public CliConsole Console => console;

    /// <summary>The server, with what is slow to make begun beside it.</summary>
    public WebApplication BuildServer()
    {
        _ = ModelWarmUp.BeginAsync(settings);
        return build(settings);
    }

    public WebApplication BuildForVerb() => build([.. settings, .. LogToError]);

    /// <summary>An action that gets a scope on an up-to-date database.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> WithDatabase(Func<ParseResult, IServiceProvider, CancellationToken, Task<int>> action) =>
        async (parsed, cancellation) =>
        {
            await using var app = BuildForVerb();
            await using var scope = app.Services.CreateAsyncScope();
            return await EnsureSchemaAsync(scope.ServiceProvider, console, cancellation)
                ? await action(parsed, scope.ServiceProvider, cancellation)
                : CliConsole.Fault;
        };

    /// <summary>Embedded databases are migrated on the way; on a shared one that is a step of its own.</summary>
    public static async Task<bool> EnsureSchemaAsync(IServiceProvider services, CliConsole console, CancellationToken cancellation)
    {
        var migrator = services.GetRequiredService<Migrator>();
        if (services.GetRequiredService<AppDbContext>().Database.IsSqlite())
        {
            await migrator.ApplyAsync(cancellation);
            return true;
        }

        var pending = await migrator.PendingAsync(cancellation);
        if (pending.Count == 0)
        {
            return true;
        }

        console.Say($"The database lacks {pending.Count} migration(s), first {pending[0]}. Run `migrate` once, then start again.");
        return false;
    }

    /// <summary>Each fault of the configuration on its own line.</summary>
    public static bool Checked(IServiceProvider services, CliConsole console)
    {
        var faults = StartupChecks.Run(services);
        foreach (var fault in faults)
        {
            console.Say(fault);
        }

        return faults.Count == 0;
    }
}
