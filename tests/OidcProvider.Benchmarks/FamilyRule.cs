using BenchmarkDotNet.Attributes;
using OidcProvider.Tokens;

namespace OidcProvider.Benchmarks;

/// <summary>The rule of refresh families, and the successor that is kept for who lost an answer.</summary>
[MemoryDiagnoser]
public class FamilyRule
{
    private readonly DateTime _now = DateTime.UnixEpoch;

    private readonly string _predecessor = Handle(1), _successor = Handle(2);
    private readonly byte[] _hidden = RefreshFamily.Hide(Handle(2), Handle(1));

    [Benchmark(Baseline = true)]
    public int Judge() => (int)RefreshFamily.Judge("redeemed", _now.AddSeconds(-10), "valid", _now, TimeSpan.FromSeconds(30));

    [Benchmark]
    public byte[] Hide() => RefreshFamily.Hide(_successor, _predecessor);

    [Benchmark]
    public string Reveal() => RefreshFamily.Reveal(_hidden, _predecessor);

    private static string Handle(byte seed) => Convert.ToBase64String(Enumerable.Repeat(seed, 32).ToArray());
}
