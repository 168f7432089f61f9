using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.ApiKeys;

/// <summary>
/// When keys were last used. Noted in memory and written together every few seconds, each key at most once a minute: a key that is used a
/// thousand times a second costs one write a minute.
/// </summary>
internal sealed class ApiKeyUsage(IServiceScopeFactory scopes, TimeProvider time, ILogger<ApiKeyUsage> logger) : BackgroundService
{
    public static readonly TimeSpan Precision = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Guid, DateTime> _used = new();

    public void Note(ApiKey key)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (!(key.LastUsedAt > now - Precision))
        {
            _used[key.Id] = now;
        }
    }

    /// <summary>Writes what was noted.</summary>
    public async Task WriteAsync(CancellationToken cancellation = default)
    {
        var noted = _used.Keys.ToList();
        if (noted.Count == 0)
        {
            return;
        }

        var latest = noted.Select(id => _used.TryRemove(id, out var at) ? at : DateTime.MinValue).Max();
        var stale = latest - Precision;
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        foreach (var chunk in noted.Chunk(200))
        {
            await database.ApiKeys.Where(row => chunk.Contains(row.Id) && (row.LastUsedAt == null || row.LastUsedAt < stale))
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.LastUsedAt, latest), cancellation);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryWriteAsync();
            }
        }
        catch (OperationCanceledException)
        {
            await TryWriteAsync();
        }
    }

    // A minute's use that is lost is no harm; the server going down for it would be.
    private async Task TryWriteAsync()
    {
        try
        {
            await WriteAsync(CancellationToken.None);
        }
        catch (Exception fault)
        {
            logger.LogWarning("When API keys were last used could not be written: {Reason}", fault.Message);
        }
    }
}
