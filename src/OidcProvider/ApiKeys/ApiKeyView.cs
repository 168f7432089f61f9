using OidcProvider.Data;

namespace OidcProvider.ApiKeys;

/// <summary>A key as people and programs see it; the key itself is in none of this.</summary>
internal sealed record ApiKeyView(
    Guid Id, string Prefix, string Name, Guid UserId, string? User, string Scope, string State, DateTime CreatedAt, string CreatedBy, DateTime? ExpiresAt, DateTime? LastUsedAt, DateTime? RevokedAt)
{
    public const string Active = "active", Expired = "expired", Revoked = "revoked", Suspended = "suspended";

    public IReadOnlyList<string> Scopes() => Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <param name="key">The row.</param>
    /// <param name="user">The holder's address.</param>
    /// <param name="barred">The holder may not sign in: the key sleeps for as long.</param>
    /// <param name="now">The time.</param>
    public static ApiKeyView Of(ApiKey key, string? user, bool barred, DateTime now) => new(
        key.Id, key.Prefix, key.Name, key.UserId, user, key.Scopes,
        key.RevokedAt is not null ? Revoked : key.ExpiresAt <= now ? Expired : barred ? Suspended : Active,
        key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.LastUsedAt, key.RevokedAt);
}

/// <summary>A key that was just made. <paramref name="Key"/> is shown now and never again.</summary>
internal sealed record IssuedApiKey(string Key, ApiKeyView View);
