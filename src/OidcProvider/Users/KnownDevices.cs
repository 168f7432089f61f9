using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>
/// Browsers that signed in before, known by a cookie of their own. Somebody who guesses passwords elsewhere can neither lock them out nor
/// use up their tries; a sign-in from any other is told by mail; and one may be trusted to skip the second factor for a while.
/// </summary>
internal sealed class KnownDevices(AppDbContext database, IssuerUri issuer, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    private string CookieName => $"{(issuer.IsHttps ? "__Host-" : "")}oidc-device{issuer.Path.Value?.Replace('/', '-')}";

    /// <summary>The device of this request, if it has signed in to that account before.</summary>
    public async Task<KnownDevice?> FindAsync(HttpContext http, Guid userId)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 and <= 64 } handle)
        {
            return null;
        }

        var hash = Hash(handle);
        return await database.KnownDevices.AsNoTracking().SingleOrDefaultAsync(row => row.HandleHash == hash && row.UserId == userId);
    }

    /// <summary>Remembers that this browser signed in, under a new handle: one that was there before the sign-in may have been planted.</summary>
    /// <returns>True when it had not signed in to this account before.</returns>
    public async Task<bool> RememberAsync(HttpContext http, Guid userId, DateTime? trustedUntil)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var known = await FindAsync(http, userId);
        var handle = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var hash = Hash(handle);
        if (http.Request.Cookies[CookieName] is { Length: > 0 and <= 64 } old)
        {
            // The other accounts of this browser come along.
            var before = Hash(old);
            await database.KnownDevices.Where(row => row.HandleHash == before).ExecuteUpdateAsync(update => update.SetProperty(row => row.HandleHash, hash));
        }

        http.Response.Cookies.Append(CookieName, handle, new CookieOptions { HttpOnly = true, Secure = issuer.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = Kept, IsEssential = true });
        if (known is not null)
        {
            await database.KnownDevices.Where(row => row.Id == known.Id).ExecuteUpdateAsync(update => update
                .SetProperty(row => row.LastSeenAt, now).SetProperty(row => row.TrustedUntil, row => trustedUntil ?? row.TrustedUntil));
            return false;
        }

        var agent = http.Request.Headers.UserAgent.ToString();
        database.KnownDevices.Add(new KnownDevice
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()), HandleHash = hash, UserId = userId, UserAgent = agent.Length <= 300 ? agent : agent[..300],
            CreatedAt = now, LastSeenAt = now, TrustedUntil = trustedUntil,
        });
        await database.SaveChangesAsync();
        return true;
    }

    /// <summary>The browsers that signed in to an account before, most recently seen first.</summary>
    public async Task<IReadOnlyList<KnownDevice>> ListAsync(Guid userId) =>
        await database.KnownDevices.AsNoTracking().Where(row => row.UserId == userId).OrderByDescending(row => row.LastSeenAt).Take(100).ToListAsync();

    /// <summary>Forgets a browser: it is a stranger again, and asked for the second factor.</summary>
    public Task ForgetAsync(Guid userId, Guid id) => database.KnownDevices.Where(row => row.UserId == userId && row.Id == id).ExecuteDeleteAsync();

    /// <summary>Forgets all browsers but that of this request.</summary>
    public async Task ForgetOthersAsync(HttpContext http, Guid userId)
    {
        var here = (await FindAsync(http, userId))?.Id;
        await database.KnownDevices.Where(row => row.UserId == userId && row.Id != here).ExecuteDeleteAsync();
    }

    public Task<bool> HasAnyAsync(Guid userId) => database.KnownDevices.AnyAsync(row => row.UserId == userId);

    private static byte[] Hash(string handle) => SHA256.HashData(Encoding.UTF8.GetBytes(handle));
}
