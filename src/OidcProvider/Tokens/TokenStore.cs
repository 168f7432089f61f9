using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Data;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Tokens;

/// <summary>
/// What may happen to codes, refresh tokens, device codes and grants, each as one conditional UPDATE, so that of any number of
/// callers on any number of nodes exactly one succeeds. Nothing here takes a caller's cancellation: a client that hangs up
/// must not leave a token half redeemed.
/// </summary>
internal sealed class TokenStore(AppDbContext database, TokenLookups lookups, AuditLog audit, TimeProvider time, IOptions<TokensOptions> options)
{
    /// <summary>
    /// Marks a token used and keeps with it what replaced it, hidden from everyone but its holder. False: someone else was first, or
    /// it was revoked meanwhile.
    /// </summary>
    public Task<bool> RedeemAsync(Guid id, byte[]? successor = null, Guid? successorId = null) =>
        lookups.RedeemAsync(database, id, time.GetUtcNow().UtcDateTime, successor, successorId);

    /// <summary>What a presented refresh token deserves now.</summary>
    public async Task<RefreshVerdict> JudgeRefreshAsync(Guid id) => (await FamilyAsync(id)).Verdict;

    /// <summary>The successor of a refresh token that may be answered once more, or null.</summary>
    public async Task<string?> RepeatAsync(Guid id, string presented) =>
        await FamilyAsync(id) is { Verdict: RefreshVerdict.Repeat, Successor: { } hidden } ? RefreshFamily.Reveal(hidden, presented) : null;

    private async Task<(RefreshVerdict Verdict, byte[]? Successor)> FamilyAsync(Guid id)
    {
        var row = await database.Tokens.AsNoTracking().Where(token => token.Id == id).Select(token => new
        {
            token.Status,
            token.RedemptionDate,
            token.Successor,
            SuccessorStatus = database.Tokens.Where(next => next.Id == token.SuccessorId).Select(next => next.Status).FirstOrDefault(),
        }).SingleOrDefaultAsync();
        return (RefreshFamily.Judge(row?.Status, row?.RedemptionDate, row?.SuccessorStatus, time.GetUtcNow().UtcDateTime, options.Value.RefreshReuseGrace), row?.Successor);
    }

    /// <summary>Revokes everything that hangs on a grant: codes, refresh tokens and, through their <c>jti</c>, access tokens.</summary>
    public async Task RevokeGrantAsync(Guid authorization, string @event, string? actor, string? clientId, string? reason = null)
    {
        // An answer that was being made from this grant is void; what it wrote so far goes, the revocation stays.
        if (database.Database.CurrentTransaction is { } half)
        {
            await half.RollbackAsync();
            await half.DisposeAsync();
            database.ChangeTracker.Clear();
        }

        await using var transaction = await database.Database.BeginTransactionAsync();
        // The grant first: issuing takes the same row, so nothing issued afterwards can survive.
        await database.Authorizations.Where(row => row.Id == authorization && row.Status == Statuses.Valid)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, Statuses.Revoked));
        await database.Tokens.Where(row => row.Authorization!.Id == authorization && row.Status != Statuses.Redeemed)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, Statuses.Revoked));
        audit.Append(@event, actor, authorization.ToString(), clientId, reason);
        await database.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    /// <summary>
    /// Takes the grant's row for the rest of the transaction and tells whether it still stands. Revocation updates the same row,
    /// so issuing and revoking happen one after the other.
    /// </summary>
    public Task<bool> HoldGrantAsync(Guid authorization) => database is SqliteDbContext
        // Its transactions begin as the only writer, so looking is holding.
        ? lookups.IsGrantValidAsync(database, authorization)
        : lookups.HoldGrantAsync(database, authorization);

    /// <summary>Puts a JWT access token on the list of those that died early (RFC 7009). Doing so twice is no fault.</summary>
    public async Task RevokeAccessTokenAsync(string jti, DateTime expiresAt, string? clientId)
    {
        if (await database.RevokedAccessTokens.AnyAsync(row => row.Id == jti))
        {
            return;
        }

        database.RevokedAccessTokens.Add(new RevokedAccessToken { Id = jti, ExpiresAt = expiresAt });
        audit.Append(AuditEvents.TokenRevoked, clientId, jti, clientId);
        try
        {
            await database.SaveChangesAsync();
        }
        catch (DbUpdateException)
        {
            database.ChangeTracker.Clear();
            if (!await database.RevokedAccessTokens.AnyAsync(row => row.Id == jti))
            {
                throw;
            }
        }
    }

    /// <summary>Whether an access token still stands: not on the list, and its grant not revoked. One query.</summary>
    public async Task<bool> IsAccessTokenAliveAsync(string jti) => AccessTokenId.AuthorizationOf(jti) is { } authorization
        // Only a token that hangs on no grant can hang on an API key, so the usual one costs one query.
        ? await lookups.GrantStandsAsync(database, authorization, jti) || await IsKeyTokenAliveAsync(authorization, jti)
        : !await lookups.IsRevokedAsync(database, jti);

    // What an API key was exchanged for dies with the key, and while its user is barred.
    private Task<bool> IsKeyTokenAliveAsync(Guid apiKey, string jti) => database.ApiKeys.AnyAsync(key => key.Id == apiKey && key.RevokedAt == null
        && database.Users.Any(user => user.Id == key.UserId && user.DisabledAt == null) && !database.RevokedAccessTokens.Any(revoked => revoked.Id == jti));

    /// <summary>
    /// Counts a device's question (RFC 8628 §3.5). False when it came before the interval was over; the interval then grows by
    /// five seconds.
    /// </summary>
    public async Task<bool> CountPollAsync(Guid deviceCode, int interval)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var row = await database.Tokens.AsNoTracking().Where(token => token.Id == deviceCode).Select(token => new { token.PolledAt, token.PollInterval }).SingleAsync();
        var wait = Math.Max(row.PollInterval, interval);
        // A second of tolerance for the way the question travelled.
        var early = row.PolledAt is { } last && now < last.AddSeconds(wait - 1);
        var next = early ? wait + 5 : wait;
        await database.Tokens.Where(token => token.Id == deviceCode)
            .ExecuteUpdateAsync(update => update.SetProperty(token => token.PolledAt, now).SetProperty(token => token.PollInterval, next));
        return !early;
    }
}
