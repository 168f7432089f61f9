using System.Data.Common;
using OidcProvider.Data;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Tokens;

/// <summary>What every presented or issued token asks of the database and does there.</summary>
internal sealed class TokenLookups
{
    private readonly Statement _byReference = new(
        """
        SELECT t."Id", t."Type", t."Status", t."Payload", t."CreationDate", t."ExpirationDate", t."AuthorizationId", a."Status", a."CreationDate"
        FROM "Tokens" AS t LEFT JOIN "Authorizations" AS a ON a."Id" = t."AuthorizationId" WHERE t."ReferenceId" = @p0
        """, typeof(string));

    private readonly Statement _grantValid = new($"""SELECT 1 FROM "Authorizations" WHERE "Id" = @p0 AND "Status" = '{Statuses.Valid}'""", typeof(Guid));

    private readonly Statement _grantHeld = new(
        $"""UPDATE "Authorizations" SET "Status" = '{Statuses.Valid}' WHERE "Id" = @p0 AND "Status" = '{Statuses.Valid}'""", typeof(Guid));

    private readonly Statement _grantStands = new(
        $"""
        SELECT 1 FROM "Authorizations" WHERE "Id" = @p0 AND "Status" = '{Statuses.Valid}'
        AND NOT EXISTS (SELECT 1 FROM "RevokedAccessTokens" WHERE "Id" = @p1)
        """, typeof(Guid), typeof(string));

    private readonly Statement _revoked = new("""SELECT 1 FROM "RevokedAccessTokens" WHERE "Id" = @p0""", typeof(string));

    private readonly Statement _redeem = new(
        $"""
        UPDATE "Tokens" SET "Status" = '{Statuses.Redeemed}', "RedemptionDate" = @p1, "Successor" = @p2, "SuccessorId" = @p3
        WHERE "Id" = @p0 AND "Status" = '{Statuses.Valid}'
        """, typeof(Guid), typeof(DateTime), typeof(byte[]), typeof(Guid));

    /// <summary>A token by the hash of its handle, with its grant.</summary>
    public Task<PresentedToken?> ByReferenceAsync(AppDbContext database, string reference) => _byReference.FirstAsync(database, Read, reference);

    public Task<bool> IsGrantValidAsync(AppDbContext database, Guid grant) => _grantValid.AnyAsync(database, grant);

    /// <summary>Locks the grant's row for the rest of the transaction. False: it has been revoked.</summary>
    public async Task<bool> HoldGrantAsync(AppDbContext database, Guid grant) => await _grantHeld.RunAsync(database, grant) == 1;

    /// <summary>Whether a grant stands and none of its access tokens of this <c>jti</c> was revoked by itself.</summary>
    public Task<bool> GrantStandsAsync(AppDbContext database, Guid grant, string jti) => _grantStands.AnyAsync(database, grant, jti);

    public Task<bool> IsRevokedAsync(AppDbContext database, string jti) => _revoked.AnyAsync(database, jti);

    /// <summary>Marks a token used, with what replaced it. False: it was not there to be used.</summary>
    public async Task<bool> RedeemAsync(AppDbContext database, Guid id, DateTime now, byte[]? successor, Guid? successorId) =>
        await _redeem.RunAsync(database, id, now, successor, successorId) == 1;

    private static PresentedToken Read(DbDataReader row) => new(
        row.GetGuid(0), Text(row, 1), Text(row, 2), Text(row, 3), Time(row, 4), Time(row, 5), row.IsDBNull(6) ? null : row.GetGuid(6), Text(row, 7), Time(row, 8));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTime? Time(DbDataReader row, int column) => row.IsDBNull(column) ? null : DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc);
}
