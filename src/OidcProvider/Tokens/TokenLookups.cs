using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Tokens;

/// <summary>The questions of the hot path, translated to SQL once and not at each request.</summary>
internal sealed class TokenLookups
{
    /// <summary>A token by the hash of its handle, with its grant.</summary>
    public Func<AppDbContext, string, Task<PresentedToken?>> ByReference { get; } = EF.CompileAsyncQuery((AppDbContext database, string reference) =>
        database.Tokens.AsNoTracking().Where(row => row.ReferenceId == reference)
            .Select(row => new PresentedToken(
                row.Id, row.Type, row.Status, row.Payload, row.CreationDate, row.ExpirationDate, row.AuthorizationId, row.Authorization!.Status, row.Authorization.CreationDate))
            .SingleOrDefault());

    public Func<AppDbContext, Guid, Task<bool>> IsGrantValid { get; } = EF.CompileAsyncQuery((AppDbContext database, Guid grant) =>
        database.Authorizations.Any(row => row.Id == grant && row.Status == Statuses.Valid));

    /// <summary>Whether a grant stands and none of its access tokens of this <c>jti</c> was revoked by itself.</summary>
    public Func<AppDbContext, Guid, string, Task<bool>> GrantStands { get; } = EF.CompileAsyncQuery((AppDbContext database, Guid grant, string jti) =>
        database.Authorizations.Any(row => row.Id == grant && row.Status == Statuses.Valid && !database.RevokedAccessTokens.Any(revoked => revoked.Id == jti)));

    public Func<AppDbContext, string, Task<bool>> IsRevoked { get; } = EF.CompileAsyncQuery((AppDbContext database, string jti) => database.RevokedAccessTokens.Any(row => row.Id == jti));
}
