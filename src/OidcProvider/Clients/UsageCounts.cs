using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace OidcProvider.Clients;

/// <summary>What is counted of a client's use.</summary>
internal static class UsageKinds
{
    public const string GrantType = "grant_type", AuthMethod = "auth_method", RedirectUri = "redirect_uri", Scope = "scope", Secret = "secret";

    /// <summary>Values <see cref="With"/> and <see cref="Without"/>.</summary>
    public const string Pkce = "pkce", PushedRequest = "par";

    public const string With = "with", Without = "without";

    private const int MaxLength = 300;

    /// <summary>A value as it is kept: a long address by its beginning and its hash.</summary>
    public static string Short(string value) => value.Length <= MaxLength ? value : $"{value[..200]}…sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))}";
}

/// <summary>One thing one client used.</summary>
internal readonly record struct UsageKey(Guid ClientId, string Kind, string Value);

/// <summary>How often since the last look, and when last.</summary>
internal sealed class UsageCount
{
    private long _count, _lastTicks;

    public long Count => Interlocked.Read(ref _count);

    public DateTime Last => new(Interlocked.Read(ref _lastTicks), DateTimeKind.Utc);

    public void Add(long count, DateTime at)
    {
        Interlocked.Add(ref _count, count);
        if (Interlocked.Read(ref _lastTicks) < at.Ticks)
        {
            Interlocked.Exchange(ref _lastTicks, at.Ticks);
        }
    }
}

/// <summary>
/// What clients really use, counted in memory: a request pays a few look-ups and waits for nothing. <see cref="UsageFlush"/> carries the counts
/// to the database. Values come from registered metadata, so their number is bounded; a flood of them is dropped, never a request.
/// </summary>
internal sealed class UsageCounts(TimeProvider time)
{
    private const int Capacity = 200_000;

    private volatile ConcurrentDictionary<UsageKey, UsageCount> _counts = new();

    public void Count(Guid clientId, string kind, string value) => Add(new UsageKey(clientId, kind, value), 1, time.GetUtcNow().UtcDateTime);

    /// <summary>A request that ended in tokens.</summary>
    public void CountGrant(RegisteredClient client, string grantType, IEnumerable<string> scopes)
    {
        Count(client.Id, UsageKinds.GrantType, grantType);
        Count(client.Id, UsageKinds.AuthMethod, client.Definition.TokenEndpointAuthMethod);
        foreach (var scope in scopes)
        {
            Count(client.Id, UsageKinds.Scope, scope);
        }
    }

    /// <summary>An authorization request that ended in a code.</summary>
    public void CountAuthorization(RegisteredClient client, string redirectUri, bool pkce, bool pushed)
    {
        var definition = client.Definition;
        var registered = definition.RedirectUris.Contains(redirectUri)
            ? redirectUri
            : definition.RedirectUris.FirstOrDefault(known => RedirectUris.Matches(known, redirectUri, definition.ApplicationType == ClientMetadata.Native));
        if (registered is not null)
        {
            Count(client.Id, UsageKinds.RedirectUri, UsageKinds.Short(registered));
        }

        Count(client.Id, UsageKinds.Pkce, pkce ? UsageKinds.With : UsageKinds.Without);
        Count(client.Id, UsageKinds.PushedRequest, pushed ? UsageKinds.With : UsageKinds.Without);
    }

    public void Add(UsageKey key, long count, DateTime at)
    {
        var counts = _counts;
        if (!counts.TryGetValue(key, out var entry))
        {
            if (counts.Count >= Capacity)
            {
                return;
            }

            entry = counts.GetOrAdd(key, _ => new UsageCount());
        }

        entry.Add(count, at);
    }

    /// <summary>Takes what was counted. A count that arrives in the same instant may be lost, which is fine for a count.</summary>
    public IReadOnlyList<(UsageKey Key, long Count, DateTime Last)> Take()
    {
        if (_counts.IsEmpty)
        {
            return [];
        }

        var taken = _counts;
        _counts = new();
        return [.. taken.Select(pair => (pair.Key, pair.Value.Count, pair.Value.Last))];
    }
}
