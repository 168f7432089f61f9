using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Users;

/// <summary>What a mailed link is good for. A link for one thing opens no other.</summary>
internal static class LinkPurpose
{
    public const string Register = "register", ResetPassword = "reset_password", Unlock = "unlock", ChangeEmail = "change_email", Nothing = "nothing", FirstOwner = "first_owner";
}

/// <summary>
/// The secrets of mailed links: 256 bits, kept as a hash, good once, for an hour at most, and only the newest of its kind (ASVS 5.0
/// 6.4.1, 6.5.1, 6.6.2).
/// </summary>
internal sealed class MailedLinks(AppDbContext database, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>Makes a link in the caller's unit of work; older ones of the same user and purpose are void.</summary>
    public async Task<string> CreateAsync(string purpose, Guid? userId, string? data = null, TimeSpan? life = null)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (userId is not null)
        {
            await database.MailedLinks.Where(row => row.UserId == userId && row.Purpose == purpose && row.UsedAt == null)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.UsedAt, now));
        }

        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        database.MailedLinks.Add(new MailedLink { Id = Hash(token), Purpose = purpose, UserId = userId, Data = data, CreatedAt = now, ExpiresAt = now + (life ?? Life) });
        return token;
    }

    /// <summary>The work of <see cref="CreateAsync"/> for an account that does not exist, so that the time tells nothing. No link opens anything by it.</summary>
    public async Task CreateForNobodyAsync()
    {
        var now = time.GetUtcNow().UtcDateTime;
        await database.MailedLinks.Where(row => row.UserId == Guid.Empty && row.Purpose == LinkPurpose.Nothing && row.UsedAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.UsedAt, now));
        database.MailedLinks.Add(new MailedLink { Id = RandomNumberGenerator.GetBytes(32), Purpose = LinkPurpose.Nothing, CreatedAt = now, ExpiresAt = now + Life });
    }

    /// <summary>Looks at a link without using it, for the page that it opens.</summary>
    public Task<MailedLink?> FindAsync(string purpose, string? token)
    {
        var (id, now) = (Hash(token ?? ""), time.GetUtcNow().UtcDateTime);
        return database.MailedLinks.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.Purpose == purpose && row.UsedAt == null && row.ExpiresAt > now);
    }

    /// <summary>Uses a link up. Null: it was used, replaced, expired or never was; of several at once one gets it.</summary>
    public async Task<MailedLink?> UseAsync(string purpose, string? token)
    {
        var (id, now) = (Hash(token ?? ""), time.GetUtcNow().UtcDateTime);
        return await database.MailedLinks.Where(row => row.Id == id && row.Purpose == purpose && row.UsedAt == null && row.ExpiresAt > now)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.UsedAt, now)) == 1
            ? await database.MailedLinks.AsNoTracking().SingleAsync(row => row.Id == id)
            : null;
    }

    /// <summary>Voids links of a user, because what they prove has changed or is no longer needed; all of them when no purpose is named.</summary>
    public Task VoidAsync(Guid userId, params string[] purposes)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return database.MailedLinks.Where(row => row.UserId == userId && row.UsedAt == null && (purposes.Length == 0 || purposes.Contains(row.Purpose))).ExecuteUpdateAsync(update => update.SetProperty(row => row.UsedAt, now));
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token.Length <= 100 ? token : ""));
}
