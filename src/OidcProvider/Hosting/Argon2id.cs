using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace OidcProvider.Hosting;

/// <summary>Cost of one password hash (OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, 2 passes).</summary>
internal sealed class PasswordHashOptions
{
    public const string Section = "PasswordHash";

    [Description("Memory of one hash in KiB."), Range(8 * 1024, 4 * 1024 * 1024)]
    public int MemoryKiB { get; set; } = 19 * 1024;

    [Description("Passes over that memory."), Range(1, 100)]
    public int Iterations { get; set; } = 2;

    [Description("Hashes that may run at once; more wait. 0 means half the processor cores, so that tokens are issued while many people sign in.")]
    [Range(0, 1024)]
    public int Concurrency { get; set; }
}

/// <summary>
/// Argon2id (RFC 9106) by libsodium, kept as a PHC string so that each hash carries its own cost.
/// Lives in the base tier because users' passwords and chosen client secrets are hashed alike.
/// </summary>
internal sealed class Argon2id(IOptions<PasswordHashOptions> options, IMeterFactory meters) : IDisposable
{
    /// <summary>The histogram of what hashes cost: one value for each that was computed or compared.</summary>
    public const string Duration = "oidc.password.hash.duration";

    // Memory and cores are bounded: a burst of sign-ins queues here instead of starving the token endpoint.
    private readonly SemaphoreSlim _slots = new(SlotsOf(options.Value));
    private readonly PasswordHashOptions _cost = options.Value;
    private readonly Histogram<double> _duration = meters.Create(ServerMeter.Name).CreateHistogram<double>(Duration, "s", "Time one Argon2id computation took, without the wait for its turn.");

    /// <summary>How many hashes run at once.</summary>
    public int Concurrency => SlotsOf(_cost);

    public static bool IsPhc(string hash) => hash.StartsWith("$argon2id$", StringComparison.Ordinal);

    public Task<string> HashAsync(string password, CancellationToken cancellation = default) => InTurnAsync(() => Compute(password), cancellation);

    public Task<bool> VerifyAsync(string hash, string password, CancellationToken cancellation = default) => InTurnAsync(() => Matches(hash, password), cancellation);

    /// <summary>For callers that cannot wait asynchronously (ASP.NET Core Identity's hasher interface).</summary>
    public string Hash(string password) => InTurn(() => Compute(password));

    /// <inheritdoc cref="Hash"/>
    public bool Verify(string hash, string password) => InTurn(() => Matches(hash, password));

    public bool NeedsRehash(string hash) => Geralt.Argon2id.NeedsRehash(Padded(hash), _cost.Iterations, _cost.MemoryKiB * 1024);

    public void Dispose() => _slots.Dispose();

    private static int SlotsOf(PasswordHashOptions options) => options.Concurrency > 0 ? options.Concurrency : Math.Max(1, Environment.ProcessorCount / 2);

    // On a thread of its own: a pool of as many threads as cores would have one less for everything else while a hash runs.
    private static Task<T> ApartAsync<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            return await ApartAsync(() => Measured(work));
        }
        finally
        {
            _slots.Release();
        }
    }

    private T InTurn<T>(Func<T> work)
    {
        _slots.Wait();
        try
        {
            return Measured(work);
        }
        finally
        {
            _slots.Release();
        }
    }

    private T Measured<T>(Func<T> work)
    {
        var began = Stopwatch.GetTimestamp();
        var result = work();
        _duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        return result;
    }

    private string Compute(string password)
    {
        Span<char> hash = stackalloc char[Geralt.Argon2id.HashSize];
        var bytes = Encoding.UTF8.GetBytes(password);
        Geralt.Argon2id.ComputeHash(hash, bytes, _cost.Iterations, _cost.MemoryKiB * 1024);
        CryptographicOperations.ZeroMemory(bytes);
        return new string(hash.TrimEnd('\0'));
    }

    private static bool Matches(string hash, string password)
    {
        var bytes = Encoding.UTF8.GetBytes(password);
        var match = Geralt.Argon2id.VerifyHash(Padded(hash), bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return match;
    }

    // libsodium reads a fixed field that ends in zeros.
    private static string Padded(string hash) => hash.PadRight(Geralt.Argon2id.HashSize, '\0');
}
