using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Sessions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Users;

/// <summary>A signed-in browser as administrators see it: whose it is, and how many apps were let in through it.</summary>
internal sealed record SessionView(Guid Id, Guid UserId, string? Email, string? Name, DateTime CreatedAt, DateTime AuthenticatedAt, DateTime LastSeenAt, DateTime ExpiresAt, string? Acr, string Amr, string? UserAgent, string? Address, int Apps);

/// <summary>What breaks when users lose everything they are signed in to.</summary>
internal sealed record UserImpact(int Sessions, int RefreshTokens, int Apps);

/// <summary>Live sessions of everybody, newest first, and ending them. Whoever may not change an account ends none of its sessions.</summary>
internal sealed class SessionDesk(AppDbContext database, UserGate gate, SessionStore store, IOptions<SessionsOptions> options, TimeProvider time)
{
    public const string NotFound = "session_not_found";

    public async Task<Found<SessionView>> ListAsync(Guid? userId, Position? after, int take, CancellationToken cancellation = default)
    {
        var at = DateTime.TryParse(after?.Value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var parsed) ? parsed : (DateTime?)null;
        (DateTime, Guid)? last = at is { } begun ? (begun, after!.Id) : null;
        var live = Live();
        live = userId is { } id ? live.Where(row => row.UserId == id) : live;
        var rows = await live.After(row => row.CreatedAt, row => row.Id, last, descending: true)
            .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Take(take + 1).ToListAsync(cancellation);
        var page = Keyset.Page(rows, take, row => new(row.CreatedAt.ToString("O", CultureInfo.InvariantCulture), row.Id));
        return new(await ViewsAsync(page.Rows, cancellation), page.Next);
    }

    public async Task<SessionView?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        (await ViewsAsync(await Live().Where(row => row.Id == id).ToListAsync(cancellation), cancellation)).SingleOrDefault();

    /// <summary>What users have now, all together, and what ending everything would end.</summary>
    public async Task<UserImpact> CountAsync(IReadOnlyCollection<Guid> users, CancellationToken cancellation = default)
    {
        var (ids, subjects, now) = (users.ToList(), users.Select(id => id.ToString()).ToList(), time.GetUtcNow().UtcDateTime);
        return new(
            await Live().CountAsync(row => ids.Contains(row.UserId), cancellation),
            await database.Tokens.CountAsync(row => subjects.Contains(row.Subject!) && row.Status == Statuses.Valid && row.Type == TokenTypeIdentifiers.RefreshToken && row.ExpirationDate > now, cancellation),
            await database.Authorizations.Where(row => subjects.Contains(row.Subject!) && row.Status == Statuses.Valid).Select(row => row.Application!.Id).Distinct().CountAsync(cancellation));
    }

    public async Task<Result<SessionView>> EndAsync(Acting by, Guid id, CancellationToken cancellation = default)
    {
        if (await FindAsync(id, cancellation) is not { } session)
        {
            return new Problem(NotFound, "There is no such session, or it has ended.");
        }

        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        var reached = await gate.ReachAsync(by, session.UserId, null, cancellation);
        if (!reached.Succeeded)
        {
            return reached.Problems.ToList();
        }

        await store.EndAsync(id, reason: "ended_by_administrator", actor: by.Name);
        await work.CommitAsync();
        return session;
    }

    private IQueryable<Session> Live()
    {
        var now = time.GetUtcNow().UtcDateTime;
        var idleSince = now - options.Value.IdleTimeout;
        return database.Sessions.AsNoTracking().Where(row => row.EndedAt == null && row.ExpiresAt > now && row.LastSeenAt > idleSince);
    }

    private async Task<List<SessionView>> ViewsAsync(IReadOnlyList<Session> rows, CancellationToken cancellation)
    {
        var (ids, userIds) = (rows.Select(row => (Guid?)row.Id).ToList(), rows.Select(row => row.UserId).Distinct().ToList());
        var users = await database.Users.AsNoTracking().Where(user => userIds.Contains(user.Id)).ToDictionaryAsync(user => user.Id, cancellation);
        var apps = await database.Authorizations.Where(row => ids.Contains(row.SessionId) && row.Status == Statuses.Valid)
            .Select(row => new { row.SessionId, App = row.Application!.Id }).Distinct().ToListAsync(cancellation);
        return [.. rows.Select(row => new SessionView(
            row.Id, row.UserId, users.GetValueOrDefault(row.UserId)?.Email, users.GetValueOrDefault(row.UserId)?.FullName, row.CreatedAt, row.AuthenticatedAt, row.LastSeenAt, row.ExpiresAt,
            row.Acr, row.Amr, row.UserAgent, row.Address, apps.Count(app => app.SessionId == row.Id)))];
    }
}
