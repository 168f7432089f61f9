using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OidcProvider.Cli;

namespace OidcProvider.Benchmarks;

/// <summary>The server's own services over a database of its own, ready to serve but not listening.</summary>
internal sealed class ServerServices : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oidc-benchmark-").FullName;
    private readonly WebApplication _app;

    public ServerServices()
    {
        _app = Program.Build(
        [
            "--environment=Development", "--Issuer=http://localhost:5080", $"--ConnectionStrings:Database=Data Source={Path.Combine(_folder, "oidc.db")}",
            $"--Hosting:MasterKeyFile={Path.Combine(_folder, "master.key")}", $"--Bootstrap:File={Path.Combine(_folder, "empty.json")}", "--Logging:LogLevel:Default=Error",
        ]);
        File.WriteAllText(Path.Combine(_folder, "empty.json"), "{}");
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public async Task PrepareAsync()
    {
        if (!await ServeCommand.PrepareAsync(_app.Services, new CliConsole(TextWriter.Null, Console.Error, TextReader.Null, Interactive: false), CancellationToken.None))
        {
            throw new InvalidOperationException("The server could not be prepared.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
