using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;

namespace OidcProvider.Users;

/// <summary>What users may say of themselves.</summary>
internal sealed class Profile(AppDbContext database, ILookupNormalizer normalizer, AuditLog audit, TimeProvider time)
{
    public async Task SaveAsync(Guid userId, string? givenName, string? familyName, string? displayName)
    {
        var (given, family, display, now) = (Clean(givenName), Clean(familyName), Clean(displayName), time.GetUtcNow().UtcDateTime);
        var (fullName, normalizedFamily) = UserColumns.Searchable(new User { GivenName = given, FamilyName = family, DisplayName = display }, normalizer);
        await using var transaction = await database.Database.BeginTransactionAsync();
        await database.Users.Where(row => row.Id == userId).ExecuteUpdateAsync(update => update
            .SetProperty(row => row.GivenName, given).SetProperty(row => row.FamilyName, family).SetProperty(row => row.DisplayName, display)
            .SetProperty(row => row.NormalizedName, fullName).SetProperty(row => row.NormalizedFamilyName, normalizedFamily)
            .SetProperty(row => row.UpdatedAt, now).SetProperty(row => row.ConcurrencyStamp, Guid.NewGuid().ToString()));
        audit.Append(AuditEvents.ProfileChanged, userId.ToString(), userId.ToString());
        await database.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    private static string? Clean(string? text) => string.Concat((text ?? "").Where(character => !char.IsControl(character))).Trim() is { Length: > 0 } clean ? clean : null;
}
