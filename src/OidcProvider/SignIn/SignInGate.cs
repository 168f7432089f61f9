using OidcProvider.Hosting;

namespace OidcProvider.SignIn;

/// <summary>
/// How many sign-ins are worked on at once; the others wait without a thread. Each costs a slow hash and a handful of statements, and hundreds
/// of them under way would stand before every token request in the thread pool's queue. One more than hashes run at once keeps those busy.
/// </summary>
internal sealed class SignInGate(Argon2id hashes) : IDisposable
{
    private readonly SemaphoreSlim _places = new(hashes.Concurrency + 1);

    /// <summary>Waits for a place; give it back by disposing. Who goes away meanwhile waits no longer.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        return new Place(_places);
    }

    public void Dispose() => _places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (!_left)
            {
                _left = true;
                places.Release();
            }
        }
    }
}
