using BenchmarkDotNet.Attributes;
using OidcProvider.Clients;

namespace OidcProvider.Benchmarks;

/// <summary>A client's secret: generated, chosen and remembered, wrong.</summary>
[MemoryDiagnoser]
public class SecretCheck
{
    private const string Chosen = "a-secret-that-somebody-has-chosen-by-hand";

    private readonly ServerServices _server = new();
    private readonly string _generated = ClientSecrets.Generate();

    private ClientSecrets _secrets = null!;
    private string _generatedHash = "", _chosenHash = "";

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        _secrets = _server.Get<ClientSecrets>();
        _generatedHash = ClientSecrets.HashGenerated(_generated);
        _chosenHash = await _secrets.HashChosenAsync(Chosen);
    }

    [GlobalCleanup]
    public async Task CleanAsync() => await _server.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<bool> Generated() => _secrets.VerifyAsync(_generatedHash, _generated).AsTask();

    [Benchmark]
    public Task<bool> ChosenAndRemembered() => _secrets.VerifyAsync(_chosenHash, Chosen).AsTask();

    [Benchmark]
    public Task<bool> ChosenAndWrong() => _secrets.VerifyAsync(_chosenHash, "another-secret-that-nobody-has-chosen").AsTask();

    [Benchmark]
    public Task UnknownClient() => _secrets.SpendAsync(_generated);
}
