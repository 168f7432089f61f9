using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OidcProvider.Cli;

namespace OidcProvider.TestKit;

/// <summary>
/// The real server in this process: real Kestrel, Identity, engine and database; only the clock is ours. It is prepared by the same
/// steps as <c>serve</c>.
/// </summary>
public sealed class ProviderHost : IAsyncDisposable
{
    private readonly string _folder;
    private readonly TestDatabase _database;
    private readonly Dictionary<string, string> _settings;
    private readonly Action<IServiceCollection>? _adjust;
    private WebApplication? _app;

    private ProviderHost(string folder, TestDatabase database, Dictionary<string, string> settings, Uri issuer, Action<IServiceCollection>? adjust) =>
        (_folder, _database, _settings, Issuer, _adjust) = (folder, database, settings, issuer, adjust);

    public Uri Issuer { get; }

    public string IssuerValue => Issuer.AbsoluteUri.TrimEnd('/');

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public LogSink Log { get; } = new();

    public IServiceProvider Services => _app!.Services;

    public string Folder => _folder;

    /// <summary>The settings another process needs to work on the same database.</summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    /// <param name="kind">The database.</param>
    /// <param name="bootstrap">What is registered; see <see cref="Given"/>.</param>
    /// <param name="settings">Settings beyond the defaults, as <c>Section:Key</c>.</param>
    /// <param name="name">The host name of the issuer. Passkeys need one; an address will not do.</param>
    /// <param name="adjust">Stand-ins for what lies outside the server, such as a web service that it calls.</param>
    public static async Task<ProviderHost> StartAsync(
        Database kind = Database.Sqlite, JsonObject? bootstrap = null, IReadOnlyDictionary<string, string>? settings = null, string name = "127.0.0.1", Action<IServiceCollection>? adjust = null)
    {
        var folder = Directory.CreateTempSubdirectory("oidc-test-").FullName;
        var database = await TestDatabase.CreateAsync(kind, folder);
        var issuer = new Uri($"http://{name}:{PostgreSqlCluster.FreePort()}");
        var all = await SettingsAsync(folder, database, issuer, bootstrap, settings);
        var host = new ProviderHost(folder, database, all, issuer, adjust);
        if (kind != Database.Sqlite)
        {
            await CommandLine.InvokeAsync(["migrate", .. host.Arguments()], arguments => Program.Build(arguments));
        }

        await host.UpAsync();
        return host;
    }

    internal static async Task<Dictionary<string, string>> SettingsAsync(string folder, TestDatabase database, Uri issuer, JsonObject? bootstrap, IReadOnlyDictionary<string, string>? settings)
    {
        var file = Path.Combine(folder, "bootstrap.json");
        await File.WriteAllTextAsync(file, (bootstrap ?? Given.Everything()).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        var master = Path.Combine(folder, "master.key");
        await File.WriteAllTextAsync(master, Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)));
        var all = new Dictionary<string, string>
        {
            ["environment"] = "Development",
            ["urls"] = issuer.AbsoluteUri.TrimEnd('/'),
            ["Issuer"] = issuer.AbsoluteUri.TrimEnd('/'),
            ["Database:Provider"] = database.Kind.ToString(),
            ["ConnectionStrings:Database"] = database.ConnectionString,
            ["Hosting:MasterKeyFile"] = master,
            ["Bootstrap:File"] = file,
            ["PasswordHash:MemoryKiB"] = "8192",
            ["PasswordHash:Iterations"] = "1",
            // All tests come from one address; what guessing and factors are about has fixtures of its own.
            ["Throttling:LoginAttempts"] = "1000",
            ["Users:RequireMfaForRoles"] = "",
            ["Email:Directory"] = Path.Combine(folder, "mail"),
            ["Logging:LogLevel:Default"] = "Information",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            all[key] = value;
        }

        return all;
    }

    public IReadOnlyList<string> Arguments() => [.. _settings.Select(pair => $"--{pair.Key}={pair.Value}")];

    /// <summary>Stops the server and starts it anew on the same data.</summary>
    public async Task RestartAsync()
    {
        await DownAsync();
        await UpAsync();
    }

    /// <summary>Another server on the same data and issuer is not needed to change it: a scope on this one's services.</summary>
    public async Task InScopeAsync(Func<IServiceProvider, Task> action)
    {
        await using var scope = Services.CreateAsyncScope();
        await action(scope.ServiceProvider);
    }

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        await _database.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task UpAsync()
    {
        _app = Program.Build([.. Arguments()], builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
            builder.Logging.ClearProviders().AddProvider(Log);
            _adjust?.Invoke(builder.Services);
        });
        if (!await ServeCommand.PrepareAsync(_app.Services, CliConsole.System(), CancellationToken.None))
        {
            throw new InvalidOperationException("The server could not be prepared; see the lines above.");
        }

        await _app.StartAsync();
    }

    private async Task DownAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }
}

/// <summary>Keeps every log line, so that tests can look for a reason that must be there and for a secret that must not.</summary>
public sealed class LogSink : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Sink(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Sink(LogSink owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            ArgumentNullException.ThrowIfNull(formatter);
            if (IsEnabled(logLevel))
            {
                owner._lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} {exception}");
            }
        }
    }
}
