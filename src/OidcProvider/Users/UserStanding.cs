using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Sessions;

namespace OidcProvider.Users;

/// <summary>Whether an account may be used at all, and what gets its owner back in or everybody out. Each is one transaction with its audit record.</summary>
internal sealed class UserStanding(AppDbContext database, UserGate gate, SessionStore sessions, AuditLog audit, TimeProvider time, IServiceProvider services)
{
    /// <summary>Bars an account and ends all it has: sessions, refresh tokens, access tokens. Nobody bars themselves: they could not undo it.</summary>
    public Task<Result<User>> DisableAsync(Acting by, Guid id, CancellationToken cancellation = default) => WithAsync(by, id, async reached =>
    {
        if (await gate.LastOwnerFaultAsync(reached) is { } last)
        {
            return last;
        }

        if (by.Name == id.ToString())
        {
            return UserGate.OwnAccount;
        }

        await SwitchAsync(by, reached, time.GetUtcNow().UtcDateTime, AuditEvents.UserDisabled);
        await sessions.EndAllAsync(id, reason: "user_disabled", actor: by.Name);
        return null;
    }, cancellation);

    public Task<Result<User>> EnableAsync(Acting by, Guid id, CancellationToken cancellation = default) => WithAsync(by, id, async reached =>
    {
        await SwitchAsync(by, reached, null, AuditEvents.UserEnabled);
        return null;
    }, cancellation);

    /// <summary>Takes all second factors away and ends all sessions, for a user who lost them. An administrator has made sure who asks.</summary>
    public Task<Result<User>> ResetFactorsAsync(Acting by, Guid id, CancellationToken cancellation = default) => WithAsync(by, id, async _ =>
    {
        await services.GetRequiredService<SecondFactors>().ResetAsync(id, by.Name);
        await sessions.EndAllAsync(id, reason: "second_factors_reset", actor: by.Name);
        return null;
    }, cancellation);

    /// <summary>Forgets failed sign-ins and the lock that came of them.</summary>
    public Task<Result<User>> UnlockAsync(Acting by, Guid id, CancellationToken cancellation = default) => WithAsync(by, id, async _ =>
    {
        var failures = await database.AccountGuards.Where(row => row.UserId == id).Select(row => row.Failures).SingleOrDefaultAsync(cancellation);
        var locked = await services.GetRequiredService<AccountGuards>().ClearAsync(id);
        audit.Append(AuditEvents.AccountUnlocked, by.Name, id.ToString(), change: AuditChange.Of(
            new JsonObject { ["locked"] = locked, ["failed_sign_ins"] = failures }, new JsonObject { ["locked"] = false, ["failed_sign_ins"] = 0 }));
        await database.SaveChangesAsync(CancellationToken.None);
        return null;
    }, cancellation);

    /// <summary>Ends every session and grant of an account.</summary>
    public Task<Result<User>> SignOutAsync(Acting by, Guid id, CancellationToken cancellation = default) => WithAsync(by, id, async _ =>
    {
        await sessions.EndAllAsync(id, reason: "ended_by_administrator", actor: by.Name);
        return null;
    }, cancellation);

    /// <summary>Gives an account the role that may do everything.</summary>
    public Task<Result<User>> MakeOwnerAsync(Acting by, Guid id, CancellationToken cancellation = default) =>
        services.GetRequiredService<UserDesk>().GrantAsync(by, id, AdminRoles.Owner, cancellation);

    private async Task<Result<User>> WithAsync(Acting by, Guid id, Func<ReachedUser, Task<Problem?>> act, CancellationToken cancellation)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        var reached = await gate.ReachAsync(by, id, null, cancellation);
        if (!reached.Succeeded)
        {
            return reached.Problems.ToList();
        }

        try
        {
            if (await act(reached.Value) is { } fault)
            {
                return fault;
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            return UserGate.ChangedMeanwhile;
        }

        await work.CommitAsync();
        return reached.Value.User;
    }

    private async Task SwitchAsync(Acting by, ReachedUser reached, DateTime? disabledAt, string @event)
    {
        var user = reached.User;
        if (user.DisabledAt is null == disabledAt is null)
        {
            return;
        }

        var before = UserFacts.Of(user, reached.Roles);
        user.DisabledAt = disabledAt;
        // Whatever was signed in with the old stamp is out.
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        user.UpdatedAt = time.GetUtcNow().UtcDateTime;
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        audit.Append(@event, by.Name, user.Id.ToString(), change: AuditChange.Of(before, UserFacts.Of(user, reached.Roles)));
        await database.SaveChangesAsync(CancellationToken.None);
    }
}
