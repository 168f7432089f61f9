using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Throttling;

/// <summary>
/// Counts tries in the database, each as one conditional UPDATE, so that of a hundred parallel tries on any number of nodes exactly
/// as many get through as are allowed. A try is counted before it is judged; what succeeded is given back.
/// </summary>
internal sealed class Throttle(AppDbContext database, TimeProvider time)
{
    /// <summary>The name under which tries are counted. Hashed: the table reveals neither accounts nor addresses.</summary>
    public static string Key(string kind, string subject) =>
        $"{kind}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)).AsSpan(0, 16))}";

    /// <summary>Where tries come from: an IPv4 address, or the /64 of an IPv6 address, of which one household has 2^64.</summary>
    public static string Source(IPAddress? address)
    {
        if (address is null || address.AddressFamily is not AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return address?.MapToIPv4().ToString() ?? "";
        }

        return $"{Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))}/64";
    }

    /// <summary>Takes one try. False when the window has none left. Must not run inside a transaction of the caller.</summary>
    public async Task<bool> TakeAsync(string key, int limit, TimeSpan window)
    {
        const int Rounds = 5;
        for (var round = 1; ; round++)
        {
            var now = time.GetUtcNow().UtcDateTime;
            var end = now + window;
            if (await database.Attempts.Where(row => row.Id == key && row.WindowEndsAt > now && row.Count < limit)
                    .ExecuteUpdateAsync(update => update.SetProperty(row => row.Count, row => row.Count + 1)) == 1
                || await database.Attempts.Where(row => row.Id == key && row.WindowEndsAt <= now)
                    .ExecuteUpdateAsync(update => update.SetProperty(row => row.Count, 1).SetProperty(row => row.WindowEndsAt, end)) == 1)
            {
                return true;
            }

            if (await database.Attempts.AnyAsync(row => row.Id == key && row.WindowEndsAt > now && row.Count >= limit))
            {
                return false;
            }

            var first = new Attempt { Id = key, Count = 1, WindowEndsAt = end };
            database.Attempts.Add(first);
            try
            {
                await database.SaveChangesAsync();
                database.Entry(first).State = EntityState.Detached;
                return true;
            }
            catch (DbUpdateException) when (round < Rounds)
            {
                // Somebody else's first try was faster; it is counted by the next round.
                database.Entry(first).State = EntityState.Detached;
            }
        }
    }

    /// <summary>Gives a try back that turned out right.</summary>
    public Task GiveBackAsync(string key) => database.Attempts.Where(row => row.Id == key && row.Count > 0)
        .ExecuteUpdateAsync(update => update.SetProperty(row => row.Count, row => row.Count - 1));

    /// <summary>Forgets all tries, because whoever they stood for has proven who they are.</summary>
    public Task ClearAsync(string key) => database.Attempts.Where(row => row.Id == key).ExecuteDeleteAsync();
}
