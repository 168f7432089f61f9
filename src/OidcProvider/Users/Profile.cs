using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Languages;

namespace OidcProvider.Users;

/// <summary>What users may say of themselves.</summary>
internal sealed class Profile(AppDbContext database, ILookupNormalizer normalizer, AuditLog audit, TimeProvider time)
{
    /// <param name="userId">Whose.</param>
    /// <param name="givenName">The given name.</param>
    /// <param name="familyName">The family name.</param>
    /// <param name="displayName">The whole name, where it is not the two together.</param>
    /// <param name="language">The language of pages and mails, which apps read as <c>locale</c>; null: as the browser asks. One that is the account's already keeps its region.</param>
    public async Task SaveAsync(Guid userId, string? givenName, string? familyName, string? displayName, Language? language)
    {
        var (given, family, display, now) = (Clean(givenName), Clean(familyName), Clean(displayName), time.GetUtcNow().UtcDateTime);
        var (fullName, normalizedFamily) = UserColumns.Searchable(new User { GivenName = given, FamilyName = family, DisplayName = display }, normalizer);
        await using var transaction = await database.Database.BeginTransactionAsync();
        await database.Users.Where(row => row.Id == userId).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.GivenName, given).SetProperty(row => row.FamilyName, family).SetProperty(row => row.DisplayName, display)
            .SetProperty(row => row.NormalizedName, fullName).SetProperty(row => row.NormalizedFamilyName, normalizedFamily)
            .SetProperty(row => row.UpdatedAt, now).SetProperty(row => row.ConcurrencyStamp, Guid.NewGuid().ToString()));
        // The row is ours by now: what is read of it is what stands.
        var claims = JsonNode.Parse(await database.Users.Where(row => row.Id == userId).Select(row => row.Claims).SingleAsync())!.AsObject();
        if (Language.Find(User.LocaleOf(claims)) != language)
        {
            claims.Remove("locale");
            if (language is not null)
            {
                claims["locale"] = language.Tag;
            }

            var text = claims.ToJsonString();
            await database.Users.Where(row => row.Id == userId).ExecuteUpdateAsync(update => update.SetProperty(row => row.Claims, text));
        }

        audit.Append(AuditEvents.ProfileChanged, userId.ToString(), userId.ToString());
        await database.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    private static string? Clean(string? text) => string.Concat((text ?? "").Where(character => !char.IsControl(character))).Trim() is { Length: > 0 } clean ? clean : null;
}
