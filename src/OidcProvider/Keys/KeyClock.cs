namespace OidcProvider.Keys;

/// <summary>
/// Switches keys when their time has come: every node by the same rows and the same rule, so that all sign with the same key from
/// the same second on. <see cref="RotateKeysJob"/> makes them.
/// </summary>
internal sealed class KeyClock(KeyRing ring, TimeProvider time, ILogger<KeyClock> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = ring.Current.ChangesAt is { } next && next - time.GetUtcNow().UtcDateTime is var left && left < Look ? left : Look;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(10), time, stoppingToken);
            try
            {
                await ring.RefreshAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning("The keys could not be read anew and stay as they are ({Reason})", fault.Message);
            }
        }
    }
}
