using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Cli.Remote;
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

    /// <summary>Where the verb works; without it, on the database of this machine's settings.</summary>
    public static readonly Option<string?> Server = new("--server")
    {
        Description = $"Work on this server, as whoever signed in with `login`, instead of the local database. Also {ServerAddress.Variable}.",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(ServerAddress.Variable) is { Length: > 0 } named ? named : null,
    };

    public CliConsole Console => console;

    public WebApplication BuildServer() => build(settings);

    public WebApplication BuildForVerb() => build([.. settings, .. LogToError]);

    /// <summary>An action on one set of operations, here or on the server that is named.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> With<T>(Func<IServiceProvider, T> local, Func<RemoteServer, T> remote, Func<ParseResult, T, CancellationToken, Task<int>> action)
    {
        var here = WithDatabase((parsed, services, cancellation) => action(parsed, local(services), cancellation));
        var there = WithServer((parsed, server, cancellation) => action(parsed, remote(server), cancellation));
        return (parsed, cancellation) => (parsed.GetValue(Server) is null ? here : there)(parsed, cancellation);
    }

    /// <summary>An action on another server only.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> WithServer(Func<ParseResult, RemoteServer, CancellationToken, Task<int>> action) =>
        async (parsed, cancellation) =>
        {
            if (parsed.GetValue(Server) is not { } named)
            {
                console.Say($"Name the server: --server https://…, or set {ServerAddress.Variable}.");
                return CliConsole.Usage;
            }

            var address = ServerAddress.Parse(named);
            if (!address.Succeeded)
            {
                console.Refuse(address.Problems);
                return CliConsole.Usage;
            }

            using var server = new RemoteServer(address.Value, console, TimeProvider.System);
            return await action(parsed, server, cancellation);
        };

    /// <summary>An action that gets a scope on an up-to-date database.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> WithDatabase(Func<ParseResult, IServiceProvider, CancellationToken, Task<int>> action) =>
        async (parsed, cancellation) =>
        {
            // Whoever names a server must not change this machine's by mistake.
            if (parsed.GetValue(Server) is { } elsewhere)
            {
                console.Say($"This verb works on this machine only, not on {elsewhere}. Leave out --server, or unset {ServerAddress.Variable}.");
                return CliConsole.Usage;
            }

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
