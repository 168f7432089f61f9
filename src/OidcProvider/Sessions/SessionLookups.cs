using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;

namespace OidcProvider.Sessions;

/// <summary>The questions that every request of a signed-in browser asks, translated to SQL once and not each time.</summary>
internal sealed class SessionLookups
{
    /// <summary>Database, hash of the handle, now, and since when a session must have been seen.</summary>
    public Func<AppDbContext, byte[], DateTime, DateTime, Task<LiveSession?>> ByHandle { get; } = EF.CompileAsyncQuery((AppDbContext database, byte[] hash, DateTime now, DateTime idleSince) => (
        from session in database.Sessions.AsNoTracking()
        join user in database.Users.AsNoTracking() on session.UserId equals user.Id
        where session.HandleHash == hash && session.EndedAt == null && session.ExpiresAt > now && session.LastSeenAt > idleSince && user.DisabledAt == null
        select new LiveSession(session, user, (from held in database.UserRoles join role in database.Roles on held.RoleId equals role.Id where held.UserId == user.Id select role.Name!).ToList())).SingleOrDefault());

    /// <summary>The same by <c>sid</c>.</summary>
    public Func<AppDbContext, Guid, DateTime, DateTime, Task<LiveSession?>> ById { get; } = EF.CompileAsyncQuery((AppDbContext database, Guid id, DateTime now, DateTime idleSince) => (
        from session in database.Sessions.AsNoTracking()
        join user in database.Users.AsNoTracking() on session.UserId equals user.Id
        where session.Id == id && session.EndedAt == null && session.ExpiresAt > now && session.LastSeenAt > idleSince && user.DisabledAt == null
        select new LiveSession(session, user, (from held in database.UserRoles join role in database.Roles on held.RoleId equals role.Id where held.UserId == user.Id select role.Name!).ToList())).SingleOrDefault());

    public Func<AppDbContext, Guid, DateTime, DateTime, Task<bool>> IsAlive { get; } = EF.CompileAsyncQuery((AppDbContext database, Guid id, DateTime now, DateTime idleSince) =>
        database.Sessions.Any(row => row.Id == id && row.EndedAt == null && row.ExpiresAt > now && row.LastSeenAt > idleSince));
}
