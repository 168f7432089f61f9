using System.Diagnostics.Metrics;
using OidcProvider.Hosting;

namespace OidcProvider.Tests;

/// <summary>How many Argon2id hashes were computed, by the server's own meter: what an answer costs, whatever else the machine does.</summary>
internal sealed class HashCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private int _count;

    public HashCount(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == Argon2id.Duration && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _count));
        _listener.Start();
    }

    /// <summary>How many were computed by <paramref name="work"/>.</summary>
    public async Task<int> OfAsync(Func<Task> work)
    {
        var before = Volatile.Read(ref _count);
        await work();
        return Volatile.Read(ref _count) - before;
    }

    public void Dispose() => _listener.Dispose();
}
