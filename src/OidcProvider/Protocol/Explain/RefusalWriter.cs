using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Data;

namespace OidcProvider.Protocol.Explain;

/// <summary>Explains what waits in the queue and writes it, many in one transaction. What cannot be written is lost: no request depends on it.</summary>
internal sealed class RefusalWriter(RefusalQueue queue, RegistrySnapshot registry, IServiceScopeFactory scopes, ILogger<RefusalWriter> logger) : BackgroundService
{
    private const int Batch = 200, TrimEvery = 500, Attempts = 4;

    private readonly RefusalBudget _budget = new();
    private readonly HashSet<string?> _seen = [];
    private int _sinceTrim;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await queue.Waiting.WaitToReadAsync(stoppingToken))
        {
            try
            {
                await WriteAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning("Explanations of refused requests could not be written ({Reason})", fault.Message);
            }
        }
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        List<RefusedRequest> rows = [];
        while (rows.Count < Batch && queue.Waiting.TryRead(out var refusal))
        {
            if (_budget.Admits(refusal.ClientId, refusal.At))
            {
                rows.Add(await ExplainAsync(refusal, cancellation));
            }
            else
            {
                queue.CountDropped();
            }
        }

        if (rows.Count == 0)
        {
            return;
        }

        for (var attempt = 1; !await KeepAsync(rows, last: attempt == Attempts, cancellation); attempt++)
        {
            // A busy or restarting database: what cannot wait is not here, it is in the queue, which is bounded.
            await Task.Delay(TimeSpan.FromMilliseconds(500 * attempt), cancellation);
        }

        _seen.UnionWith(rows.Select(row => row.ClientId));
        _sinceTrim += rows.Count;
        if (_sinceTrim >= TrimEvery)
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<RefusedRequests>().TrimAsync(_seen, cancellation);
            _seen.Clear();
            _sinceTrim = 0;
        }
    }

    private async Task<bool> KeepAsync(List<RefusedRequest> rows, bool last, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await scope.ServiceProvider.GetRequiredService<RefusedRequests>().KeepAsync(rows, cancellation);
            return true;
        }
        catch (Exception fault) when (!last && (fault is System.Data.Common.DbException or Microsoft.EntityFrameworkCore.DbUpdateException or TimeoutException))
        {
            return false;
        }
    }

    private async Task<RefusedRequest> ExplainAsync(Refusal refusal, CancellationToken cancellation)
    {
        var entry = refusal.ClientId is { Length: > 0 and <= 200 } id ? await registry.FindClientAsync(id, cancellation) : null;
        var known = (await registry.ScopesAsync(cancellation)).Keys.ToHashSet(StringComparer.Ordinal);
        var explanation = Explainer.Explain(refusal with { Client = entry?.Registered, KnownScopes = known });
        return new ExplainedRequest(refusal.Id, refusal.At, refusal.Endpoint, refusal.ClientId is { } named ? Redaction.Printable(named, 199) : null, Redaction.Printable(refusal.Error, 59), explanation).ToRow();
    }
}
