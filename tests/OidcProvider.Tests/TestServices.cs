using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Time.Testing;
using OidcProvider.Audit;
using OidcProvider.Cli;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Tests;

/// <summary>The registries on a real SQLite file in a folder of their own, without a web server around them.</summary>
internal sealed class TestServices : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _root;
    private AsyncServiceScope _scope;

    private TestServices(string folder, IConfiguration configuration)
    {
        Folder = folder;
        var services = new ServiceCollection();
        services.AddSingleton(configuration).AddLogging().AddHttpContextAccessor();
        services.AddSingleton<TimeProvider>(Time).AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = "Development" });
        services.AddValidatedOptions<PasswordHashOptions>(PasswordHashOptions.Section);
        services.AddSingleton<Argon2id>().AddScoped<AuditLog>();
        services.AddData(configuration).AddClients().AddUsers().AddCli();
        _root = services.BuildServiceProvider(validateScopes: true);
        _scope = _root.CreateAsyncScope();
    }

    public string Folder { get; }

    public FakeTimeProvider Time { get; } = new(Start);

    public AppDbContext Database => Get<AppDbContext>();

    public T Get<T>() where T : notnull => _scope.ServiceProvider.GetRequiredService<T>();

    public AsyncServiceScope NewScope() => _root.CreateAsyncScope();

    /// <summary>The next request: nothing is tracked any more.</summary>
    public async Task ForgetAsync()
    {
        await _scope.DisposeAsync();
        _scope = _root.CreateAsyncScope();
    }

    public static async Task<TestServices> CreateAsync(string? folder = null, params (string Key, string? Value)[] settings)
    {
        folder ??= Directory.CreateTempSubdirectory("oidc-test-").FullName;
        var values = new Dictionary<string, string?>
        {
            [DatabaseOptions.ConnectionStringKey] = $"Data Source={Path.Combine(folder, "oidc.db")};Pooling=False",
            ["PasswordHash:MemoryKiB"] = "8192",
            ["PasswordHash:Iterations"] = "1",
            ["Bootstrap:DemoFile"] = Path.Combine(folder, "demo.json"),
        };
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }

        var services = new TestServices(folder, new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        await services.Get<Migrator>().ApplyAsync();
        return services;
    }

    public Task<List<string>> EventsAsync() => Database.AuditRecords.OrderBy(record => record.Id).Select(record => record.Event).ToListAsync();

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _root.DisposeAsync();
    }
}
