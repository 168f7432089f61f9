using System.Diagnostics;
using System.Diagnostics.Metrics;
using OidcProvider.Hosting;

namespace OidcProvider.Telemetry;

/// <summary>What is counted of one node in one minute.</summary>
internal sealed record Measured(string Name, long Count, long[]? Histogram);

/// <summary>
/// Counts in memory what the dashboard draws and what meters export: a few additions a request, no lock, no database. The meter is called
/// <c>OidcProvider</c>.
/// </summary>
internal sealed class Measurements : IDisposable
{
    public const string TokensPrefix = "tokens.", TokenLatency = "latency.token", Refused = "refused", NotKept = "refused.not_kept";

    // Each grant by its short name; what is not offered is never issued.
    private static readonly string[] Grants = ["authorization_code", "refresh_token", "client_credentials", "device_code", "other"];

    private readonly Meter _meter;
    private readonly Counter<long> _issued, _refused;
    private readonly Histogram<double> _duration;
    private readonly long[] _tokens = new long[Grants.Length];
    private readonly Latency _latency = new();
    private long _refusals, _notKept;

    public Measurements(IMeterFactory meters)
    {
        _meter = meters.Create(ServerMeter.Name);
        _issued = _meter.CreateCounter<long>("oidc.tokens.issued", "{answer}", "Answers of the token endpoint that carried tokens.");
        _refused = _meter.CreateCounter<long>("oidc.requests.refused", "{request}", "Protocol requests that were refused.");
        _duration = _meter.CreateHistogram<double>("oidc.token.duration", "s", "Time from request to answer at the token endpoint.");
    }

    /// <summary>An answer of the token endpoint, from <see cref="Stopwatch.GetTimestamp"/> at its beginning.</summary>
    public void TokenAnswered(string? grantType, bool issued, long began)
    {
        var elapsed = Stopwatch.GetElapsedTime(began);
        _latency.Record(elapsed.TotalMilliseconds);
        var grant = Grant(grantType);
        _duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("grant_type", Grants[grant]));
        if (issued)
        {
            Interlocked.Increment(ref _tokens[grant]);
            _issued.Add(1, new KeyValuePair<string, object?>("grant_type", Grants[grant]));
        }
    }

    public void RequestRefused(string endpoint, string error)
    {
        Interlocked.Increment(ref _refusals);
        _refused.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint), new KeyValuePair<string, object?>("error", error));
    }

    /// <summary>A refusal whose explanation was not kept, because too many came at once.</summary>
    public void RefusalNotKept() => Interlocked.Increment(ref _notKept);

    /// <summary>What was counted since the last time this was asked.</summary>
    public IReadOnlyList<Measured> Take()
    {
        var latency = _latency.Take();
        return
        [
            .. Grants.Select((grant, at) => new Measured($"{TokensPrefix}{grant}", Interlocked.Exchange(ref _tokens[at], 0), null)).Where(measured => measured.Count > 0),
            .. latency.Sum() is > 0 and var answers ? [new Measured(TokenLatency, answers, latency)] : Array.Empty<Measured>(),
            .. Interlocked.Exchange(ref _refusals, 0) is > 0 and var refused ? [new Measured(Refused, refused, null)] : Array.Empty<Measured>(),
            .. Interlocked.Exchange(ref _notKept, 0) is > 0 and var lost ? [new Measured(NotKept, lost, null)] : Array.Empty<Measured>(),
        ];
    }

    /// <summary>Gives back what could not be written; it goes with the next minute.</summary>
    public void Return(IEnumerable<Measured> measured)
    {
        foreach (var (name, count, histogram) in measured)
        {
            if (histogram is not null)
            {
                _latency.Return(histogram);
            }
            else if (name == Refused)
            {
                Interlocked.Add(ref _refusals, count);
            }
            else if (name == NotKept)
            {
                Interlocked.Add(ref _notKept, count);
            }
            else
            {
                Interlocked.Add(ref _tokens[Array.IndexOf(Grants, name[TokensPrefix.Length..])], count);
            }
        }
    }

    public void Dispose() => _meter.Dispose();

    private static int Grant(string? grantType) => grantType switch
    {
        "authorization_code" => 0,
        "refresh_token" => 1,
        "client_credentials" => 2,
        "urn:ietf:params:oauth:grant-type:device_code" => 3,
        _ => 4,
    };
}
