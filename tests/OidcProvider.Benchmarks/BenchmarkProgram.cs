using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace OidcProvider.Benchmarks;

/// <summary>
/// Measures the pure pieces of the hot path: <c>dotnet run -c Release --project tests/OidcProvider.Benchmarks -- --filter '*'</c>. What a
/// whole request costs is measured by <c>tests/bench</c>.
/// </summary>
internal static class BenchmarkProgram
{
    // In this process: a generated project would have to obey the repository's rules.
    private static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(BenchmarkProgram).Assembly)
        .Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
}
