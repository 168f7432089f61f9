using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OidcProvider.Tests.Sessions;

/// <summary>A private redis-server on a free loopback port, in memory alone; with more arguments if need be, where <c>{port}</c> stands for the port.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly Process _process;

    public RedisServer(params string[] more)
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var start = new ProcessStartInfo("redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", .. more.Select(argument => argument.Replace("{port}", $"{Port}", StringComparison.Ordinal))]) { RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() };
        _process = Process.Start(start) ?? throw new InvalidOperationException("No redis-server on this machine: run tests/run, which installs it, or apt-get install redis-server.");
        while (_process.StandardOutput.ReadLine() is { } line && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
        {
        }

        _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
    }

    public int Port { get; }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
        Assert.That(kill.ExitCode, Is.Zero);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }
}
