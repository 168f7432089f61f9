using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Data;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Sessions;

/// <summary>A live session with what a page or grant needs to know of it.</summary>
internal sealed record LiveSession(Session Session, User User, IReadOnlyList<string> Roles);

/// <summary>
/// The sessions in the database: the only place where one begins, is renewed or ends. Whoever ends a session goes through
/// <see cref="EndAsync"/>, so that what hangs on it dies in the same transaction.
/// </summary>
internal sealed class SessionStore(AppDbContext database, SessionLookups lookups, SessionCache cache, AuditLog audit, TimeProvider time, IOptions<SessionsOptions> options)
{
    private static readonly TimeSpan SeenResolution = TimeSpan.FromMinutes(1);

    /// <summary>Begins a session, or renews the caller's own under a new handle when the same user proved themselves again.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="amr">How they proved it.</param>
    /// <param name="current">The session of the request, if there is one.</param>
    /// <param name="userAgent">The browser.</param>
    /// <param name="address">The address of the network.</param>
    /// <param name="since">When the oldest of the proofs was given; now, unless the session only adds one.</param>
    /// <returns>The handle for the cookie. The database keeps its hash alone.</returns>
    public async Task<(Session Session, string Handle)> BeginAsync(Guid userId, string amr, Guid? current, string? userAgent, string? address, DateTime? since = null)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var handle = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var session = current is { } id ? await database.Sessions.SingleOrDefaultAsync(row => row.Id == id && row.EndedAt == null) : null;
        if (session is not null && session.UserId != userId)
        {
            await EndAsync(session.Id, reason: "replaced");
            session = null;
        }

        if (session is null)
        {
            session = new Session { Id = Guid.NewGuid(), UserId = userId, CreatedAt = now };
            database.Sessions.Add(session);
        }

        await cache.ForgetAsync([session.HandleHash]);
        // Same sid, new handle: tokens of the session stay valid, a cookie seen before the sign-in does not (ASVS 7.2.4).
        session.HandleHash = Hash(handle);
        session.AuthenticatedAt = since ?? now;
        session.LastSeenAt = now;
        session.ExpiresAt = now + options.Value.AbsoluteTimeout;
        session.Amr = amr;
        session.Acr = AuthenticationContext.Acr(AuthenticationContext.Split(amr));
        session.UserAgent = Cut(userAgent, 300);
        session.Address = address;
        audit.Append(AuditEvents.SignedIn, userId.ToString(), userId.ToString());
        await database.SaveChangesAsync(CancellationToken.None);
        return (session, handle);
    }

    /// <summary>Finds the session behind a cookie: not ended, not idle, not too old, of a user who is not barred.</summary>
    /// <param name="handle">The cookie.</param>
    /// <param name="changing">The request changes something: it goes by the database, and what lies in front of it is void afterwards.</param>
    public async Task<LiveSession?> FindAsync(string handle, bool changing)
    {
        if (handle.Length > 64)
        {
            return null;
        }

        var hash = Hash(handle);
        if (!changing && await cache.FindAsync(hash) is { } held && IsLive(held))
        {
            return held;
        }

        var (readAt, watch) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        var now = readAt.UtcDateTime;
        var live = await SeenAsync(lookups.ByHandle(database, hash, now, now - options.Value.IdleTimeout), now);
        if (live is not null && !changing)
        {
            await cache.KeepAsync(hash, live, readAt, Stopwatch.GetElapsedTime(watch));
        }

        return live;
    }

    /// <summary>Voids what lies in front of the database, so that who changed something sees it changed.</summary>
    public Task ChangedAsync(string handle) => cache.ForgetAsync([Hash(handle)]);

    private bool IsLive(LiveSession live)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return live.Session.EndedAt is null && live.Session.ExpiresAt > now && live.Session.LastSeenAt > now - options.Value.IdleTimeout && live.User.DisabledAt is null;
    }

    private async Task<LiveSession?> SeenAsync(Task<LiveSession?> look, DateTime now)
    {
        var found = await look;
        if (found is not null && now - found.Session.LastSeenAt > SeenResolution)
        {
            await SeenAsync(found.Session.Id);
        }

        return found;
    }

    /// <summary>A session by its <c>sid</c>, with its user: not ended, not idle, not too old, of a user who is not barred.</summary>
    public Task<LiveSession?> FindByIdAsync(Guid? id)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return id is null ? Task.FromResult<LiveSession?>(null) : SeenAsync(lookups.ById(database, id.Value, now, now - options.Value.IdleTimeout), now);
    }

    /// <summary>Notes that a session was used, by something that is no page.</summary>
    public Task SeenAsync(Guid id)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return database.Sessions.Where(row => row.Id == id && row.LastSeenAt < now).ExecuteUpdateAsync(update => update.SetProperty(row => row.LastSeenAt, now));
    }

    /// <summary>Where a user is signed in now, most recently seen first.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(Guid userId)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var idleSince = now - options.Value.IdleTimeout;
        return await database.Sessions.AsNoTracking().Where(row => row.UserId == userId && row.EndedAt == null && row.ExpiresAt > now && row.LastSeenAt > idleSince)
            .OrderByDescending(row => row.LastSeenAt).ToListAsync();
    }

    /// <summary>Whether the session named by a <c>sid</c> still lives. Asked by every grant that depends on one.</summary>
    public Task<bool> IsAliveAsync(Guid id)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return lookups.IsAlive(database, id, now, now - options.Value.IdleTimeout);
    }

    /// <summary>
    /// Ends a session and revokes what hangs on it. Grants with offline access go on, as Back-Channel Logout 1.0 §2.7 asks;
    /// their unredeemed codes die with the session because the code grant asks <see cref="IsAliveAsync"/>.
    /// </summary>
    public async Task EndAsync(Guid id, string reason, string? actor = null)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var transaction = await BeginAsync();
        var ended = await database.Sessions.Where(row => row.Id == id && row.EndedAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.EndedAt, now));
        if (ended == 1)
        {
            await RevokeAsync(database.Authorizations.Where(row => row.SessionId == id && !row.Scopes!.Contains("\"offline_access\"")));
            var session = await database.Sessions.Where(row => row.Id == id).Select(row => new { row.UserId, row.HandleHash }).SingleAsync();
            audit.Append(AuditEvents.SignedOut, actor ?? session.UserId.ToString(), session.UserId.ToString(), reason: reason);
            await database.SaveChangesAsync(CancellationToken.None);
            await CommitAsync(transaction);
            await cache.ForgetAsync([session.HandleHash]);
            return;
        }

        await CommitAsync(transaction);
    }

    /// <summary>
    /// Ends all that a user has: every session (but <paramref name="keep"/>, where they are just now) and every grant, offline ones too. For a
    /// user who is barred or removed, or whose credentials changed.
    /// </summary>
    public async Task EndAllAsync(Guid userId, string reason, Guid? keep = null, string? actor = null)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var subject = userId.ToString();
        await using var transaction = await BeginAsync();
        var handles = await database.Sessions.Where(row => row.UserId == userId && row.EndedAt == null && row.Id != keep).Select(row => row.HandleHash).ToListAsync();
        await database.Sessions.Where(row => row.UserId == userId && row.EndedAt == null && row.Id != keep)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.EndedAt, now));
        await RevokeAsync(database.Authorizations.Where(row => row.Subject == subject));
        audit.Append(AuditEvents.SignedOut, actor, subject, reason: reason);
        await database.SaveChangesAsync(CancellationToken.None);
        await CommitAsync(transaction);
        await cache.ForgetAsync(handles);
    }

    // The grant first, then what hangs on it: issuing holds the grant's row, so nothing is issued in between.
    private async Task RevokeAsync(IQueryable<Authorization> grants)
    {
        var ids = await grants.Where(row => row.Status == Statuses.Valid).Select(row => row.Id).ToListAsync();
        foreach (var chunk in ids.Chunk(200))
        {
            await database.Authorizations.Where(row => chunk.Contains(row.Id))
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, Statuses.Revoked));
            await database.Tokens.Where(row => chunk.Contains(row.Authorization!.Id) && row.Status != Statuses.Redeemed)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, Statuses.Revoked));
        }
    }

    // A caller may have a transaction of its own; then it commits.
    private async Task<IDbContextTransaction?> BeginAsync() =>
        database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync() : null;

    private static async Task CommitAsync(IDbContextTransaction? transaction)
    {
        if (transaction is not null)
        {
            await transaction.CommitAsync();
        }
    }

    private static byte[] Hash(string handle) => SHA256.HashData(Encoding.UTF8.GetBytes(handle));

    private static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : text[..length];
}
