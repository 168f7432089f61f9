using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace OidcProvider.TestKit;

/// <summary>One or more server processes on one database. They may be killed and started again.</summary>
public sealed class Cluster : IAsyncDisposable
{
    private readonly string _folder;
    private readonly TestDatabase _database;
    private readonly Dictionary<string, string> _settings;
    private readonly Process?[] _processes;
    private readonly StringBuilder _output = new();

    private Cluster(string folder, TestDatabase database, Dictionary<string, string> settings, Uri[] nodes) =>
        (_folder, _database, _settings, Nodes, _processes) = (folder, database, settings, nodes, new Process?[nodes.Length]);

    /// <summary>Where each node listens. The first is the issuer.</summary>
    public IReadOnlyList<Uri> Nodes { get; }

    public Uri Issuer => Nodes[0];

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static async Task<Cluster> StartAsync(Database kind, int nodes, JsonObject? bootstrap = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("oidc-node-").FullName;
        var database = await TestDatabase.CreateAsync(kind, folder);
        var addresses = Enumerable.Range(0, nodes).Select(_ => new Uri($"http://127.0.0.1:{PostgreSqlCluster.FreePort()}")).ToArray();
        var all = await ProviderHost.SettingsAsync(folder, database, addresses[0], bootstrap, settings);
        all["Logging:LogLevel:Default"] = "Warning";
        all["Logging:LogLevel:OidcProvider"] = "Information";
        // Races are judged by what was issued; a busy machine running out of patience would be a 503 and no fault of the engine.
        all.TryAdd("Database:CommandTimeout", "60");
        var cluster = new Cluster(folder, database, all, addresses);
        if (kind != Database.Sqlite)
        {
            using var migrate = cluster.Run("migrate", 0);
            await migrate.WaitForExitAsync();
        }

        for (var node = 0; node < nodes; node++)
        {
            await cluster.UpAsync(node);
        }

        return cluster;
    }

    /// <summary>Starts a node and waits until it is ready.</summary>
    public async Task UpAsync(int node)
    {
        _processes[node]?.Dispose();
        var process = _processes[node] = Run("serve", node);
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(30));
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The node ended: {Output}");
            }

            try
            {
                if ((await http.GetAsync(new Uri(Nodes[node], "/health/ready"), limit.Token)).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
            }
        }
    }

    public async Task KilledAsync(int node) => await _processes[node]!.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

    public async Task KillAsync(int node)
    {
        _processes[node]!.Kill();
        await KilledAsync(node);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.OfType<Process>())
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Process Run(string verb, int node)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OidcProvider.TestKit.dll"), verb])
        {
            WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (key, value) in _settings)
        {
            start.ArgumentList.Add($"--{key}={(key == "urls" ? Nodes[node].AbsoluteUri.TrimEnd('/') : value)}");
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += Read;
        process.ErrorDataReceived += Read;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Read(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
