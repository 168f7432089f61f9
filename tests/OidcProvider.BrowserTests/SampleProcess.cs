using System.Diagnostics;
using System.Text;

namespace OidcProvider.BrowserTests;

/// <summary>A sample, or this server itself, running as a program of its own, as its user would run it.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SampleProcess(Process process) => _process = process;

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

    /// <summary>The executable of the server, with any of its verbs.</summary>
    public static SampleProcess StartServer(string[] arguments, Dictionary<string, string> environment, string folder) =>
        Start("OidcProvider", Path.Combine("OidcProvider", "bin"), "OidcProvider.dll", arguments, environment, folder);

    public static SampleProcess Start(string name, string[] arguments, Dictionary<string, string> environment) =>
        Start(name, Path.Combine("Samples", name, "bin"), $"OidcProvider.Samples.{name}.dll", arguments, environment, null);

    private static SampleProcess Start(string name, string bin, string file, string[] arguments, Dictionary<string, string> environment, string? folder)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "OidcProvider.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        var assembly = Path.Combine(root, "src", bin, configuration, "net10.0", file);
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetDirectoryName(assembly) };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var sample = new SampleProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        sample._process.OutputDataReceived += sample.Read;
        sample._process.ErrorDataReceived += sample.Read;
        sample._process.Exited += (_, _) => sample._listening.TrySetException(new InvalidOperationException($"{name} ended: {sample.Output}"));
        sample._process.Start();
        sample._process.BeginOutputReadLine();
        sample._process.BeginErrorReadLine();
        return sample;
    }

    public Task ListeningAsync() => _listening.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Waits for a line that begins so and returns the rest of it.</summary>
    public async Task<string> LineAsync(string beginning)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            if (Output.Split('\n').FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) is { } line)
            {
                return line[beginning.Length..].Trim();
            }
        }

        throw new TimeoutException(Output);
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(90));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Read(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }

        if (line.Data?.Contains("Now listening on", StringComparison.Ordinal) == true)
        {
            _listening.TrySetResult();
        }
    }
}
