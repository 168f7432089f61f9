using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.SignIn;

/// <summary>
/// Sign-ins between their first and second step. The cookie is a handle to a row that lives ten minutes; it opens the pages of the second
/// step and nothing else, since no other code looks at it.
/// </summary>
internal sealed class PendingSignIns(AppDbContext database, IssuerUri issuer, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private string CookieName => $"{(issuer.IsHttps ? "__Host-" : "")}oidc-pending{issuer.Path.Value?.Replace('/', '-')}";

    private CookieOptions Cookie => new() { HttpOnly = true, Secure = issuer.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    public async Task BeginAsync(HttpContext http, Guid userId, IEnumerable<string> amr, bool mustEnrol)
    {
        await EndAsync(http);
        var handle = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        database.PendingSignIns.Add(new PendingSignIn
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()), HandleHash = Hash(handle), UserId = userId, Amr = string.Join(' ', amr), MustEnrol = mustEnrol,
            ExpiresAt = time.GetUtcNow().UtcDateTime + Life,
        });
        await database.SaveChangesAsync();
        http.Response.Cookies.Append(CookieName, handle, Cookie);
    }

    public async Task<PendingSignIn?> FindAsync(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 and <= 64 } handle)
        {
            return null;
        }

        var (hash, now) = (Hash(handle), time.GetUtcNow().UtcDateTime);
        return await database.PendingSignIns.AsNoTracking().SingleOrDefaultAsync(row => row.HandleHash == hash && row.ExpiresAt > now);
    }

    public async Task EndAsync(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is { Length: > 0 and <= 64 } handle)
        {
            var hash = Hash(handle);
            await database.PendingSignIns.Where(row => row.HandleHash == hash).ExecuteDeleteAsync();
            http.Response.Cookies.Delete(CookieName, Cookie);
        }
    }

    private static byte[] Hash(string handle) => SHA256.HashData(Encoding.UTF8.GetBytes(handle));
}
