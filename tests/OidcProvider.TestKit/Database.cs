using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OidcProvider.TestKit;

/// <summary>The databases the provider suite runs on.</summary>
public enum Database
{
    Sqlite,
    PostgreSql,
    SqlServer,
}

/// <summary>Makes a fresh, empty database for one fixture and takes it away afterwards.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly Func<ValueTask> _drop;

    private TestDatabase(Database kind, string connectionString, Func<ValueTask> drop) => (Kind, ConnectionString, _drop) = (kind, connectionString, drop);

    public Database Kind { get; }

    public string ConnectionString { get; }

    /// <summary>SQL Server takes part where a connection string is given (the CI service container).</summary>
    public static string? SqlServer => Environment.GetEnvironmentVariable("OIDCPROVIDER_TEST_SQLSERVER");

    public static async Task<TestDatabase> CreateAsync(Database kind, string folder)
    {
        var name = $"t{Guid.NewGuid():N}";
        switch (kind)
        {
            case Database.Sqlite:
                return new TestDatabase(kind, $"Data Source={Path.Combine(folder, "oidc.db")}", () => ValueTask.CompletedTask);

            case Database.PostgreSql:
                var cluster = await PostgreSqlCluster.Shared.Value;
                await cluster.ExecuteAsync($"CREATE DATABASE {name}");
                return new TestDatabase(kind, cluster.ConnectionString(name), async () =>
                {
                    NpgsqlConnection.ClearAllPools();
                    await cluster.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                });

            default:
                return new TestDatabase(kind, $"{SqlServer};Initial Catalog={name}", () => ValueTask.CompletedTask);
        }
    }

    public ValueTask DisposeAsync() => _drop();
}

/// <summary>One private PostgreSQL for the whole run, on a free loopback port, from the machine's own binaries.</summary>
internal sealed class PostgreSqlCluster
{
    public static readonly Lazy<Task<PostgreSqlCluster>> Shared = new(StartAsync);

    private readonly int _port;

    private PostgreSqlCluster(int port) => _port = port;

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Maximum Pool Size=30";

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString("postgres")};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<PostgreSqlCluster> StartAsync()
    {
        var bin = Binaries() ?? throw new InvalidOperationException("No PostgreSQL on this machine: run tests/run, which installs it, or apt-get install postgresql.");
        var folder = Directory.CreateTempSubdirectory("oidc-pg-").FullName;
        var root = Environment.UserName == "root";
        if (root)
        {
            // PostgreSQL refuses to run as root.
            await RunAsync("chown", ["postgres", folder]);
        }

        var data = Path.Combine(folder, "data");
        await As(root, Path.Combine(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale");
        var port = FreePort();
        await As(root, Path.Combine(bin, "pg_ctl"), "-D", data, "-w", "-l", Path.Combine(folder, "log"), "-o", $"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c max_connections=300", "start");
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            As(root, Path.Combine(bin, "pg_ctl"), "-D", data, "-m", "immediate", "stop").GetAwaiter().GetResult();
            Directory.Delete(folder, recursive: true);
        };
        return new PostgreSqlCluster(port);
    }

    private static string? Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
            : null;

    private static Task As(bool root, string file, params string[] arguments) =>
        root ? RunAsync("runuser", ["-u", "postgres", "--", file, .. arguments]) : RunAsync(file, arguments);

    private static async Task RunAsync(string file, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = false, RedirectStandardError = false, UseShellExecute = false, WorkingDirectory = "/tmp" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(file)} ended with {process.ExitCode}.");
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
