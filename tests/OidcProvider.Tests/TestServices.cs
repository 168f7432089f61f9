using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using OidcProvider.Data;

namespace OidcProvider.Tests;

/// <summary>The server as it is composed, on an SQLite file of its own, but not started: for what lies below HTTP.</summary>
internal sealed class TestServices : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;
    private readonly bool _ownsFolder;
    private AsyncServiceScope _scope;

    private TestServices(string folder, bool ownsFolder, IEnumerable<string> arguments)
    {
        Folder = folder;
        _ownsFolder = ownsFolder;
        _app = Program.Build([.. arguments], builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time)));
        _scope = _app.Services.CreateAsyncScope();
    }

    public string Folder { get; }

    public FakeTimeProvider Time { get; } = new(Start);

    public AppDbContext Database => Get<AppDbContext>();

    public T Get<T>() where T : notnull => _scope.ServiceProvider.GetRequiredService<T>();

    public AsyncServiceScope NewScope() => _app.Services.CreateAsyncScope();

    /// <summary>The next request: nothing is tracked any more.</summary>
    public async Task ForgetAsync()
    {
        await _scope.DisposeAsync();
        _scope = _app.Services.CreateAsyncScope();
    }

    public Task<List<string>> EventsAsync() => Database.AuditRecords.AsNoTracking().OrderBy(record => record.Id).Select(record => record.Event).ToListAsync();

    public static async Task<TestServices> CreateAsync(string? folder = null, params (string Key, string Value)[] settings)
    {
        var made = folder ?? Directory.CreateTempSubdirectory("oidc-test-").FullName;
        var services = new TestServices(made, folder is null, Arguments(made, settings));
        await services.Get<Migrator>().ApplyAsync();
        return services;
    }

    /// <summary>Settings of a server whose files all lie in one folder, as command line arguments.</summary>
    public static IEnumerable<string> Arguments(string folder, params (string Key, string Value)[] settings) =>
        new Dictionary<string, string>
        {
            ["environment"] = "Development",
            // Otherwise the test runner would be taken for the server, and its static files looked for.
            ["applicationName"] = "OidcProvider",
            ["ConnectionStrings:Database"] = $"Data Source={Path.Combine(folder, "oidc.db")};Pooling=False",
            ["Hosting:MasterKeyFile"] = Path.Combine(folder, "master.key"),
            ["Bootstrap:DemoFile"] = Path.Combine(folder, "demo.json"),
            ["PasswordHash:MemoryKiB"] = "8192",
            ["PasswordHash:Iterations"] = "1",
            ["Logging:LogLevel:Default"] = "None",
        }
        .Where(pair => settings.All(setting => setting.Key != pair.Key)).Select(pair => (pair.Key, pair.Value)).Concat(settings)
        .Select(pair => $"--{pair.Key}={pair.Value}");

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _app.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
