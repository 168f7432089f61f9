using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Sessions;

namespace OidcProvider.Users;

/// <summary>Whether an account may be used at all. Barring one ends what it has in the same transaction.</summary>
internal sealed class UserStanding(AppDbContext database, UserDirectory users, SessionStore sessions, AuditLog audit, TimeProvider time, IServiceProvider services)
{
    /// <summary>Bars an account and ends all it has: sessions, refresh tokens, access tokens.</summary>
    public async Task<Result<User>> DisableAsync(string name, string actor, CancellationToken cancellation = default)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellation);
        var disabled = await SwitchAsync(name, time.GetUtcNow().UtcDateTime, AuditEvents.UserDisabled, actor, cancellation);
        if (disabled.Succeeded)
        {
            await sessions.EndAllAsync(disabled.Value.Id, reason: "user_disabled");
        }

        await transaction.CommitAsync(CancellationToken.None);
        return disabled;
    }

    public Task<Result<User>> EnableAsync(string name, string actor, CancellationToken cancellation = default) =>
        SwitchAsync(name, null, AuditEvents.UserEnabled, actor, cancellation);

    /// <summary>Takes all second factors away and ends all sessions, for a user who lost them. An administrator has made sure who asks.</summary>
    public Task<Result<User>> ResetFactorsAsync(string name, string actor, CancellationToken cancellation = default) => WithAsync(name, async user =>
    {
        await services.GetRequiredService<SecondFactors>().ResetAsync(user.Id, actor);
        await sessions.EndAllAsync(user.Id, reason: "second_factors_reset");
    }, cancellation);

    /// <summary>Forgets failed sign-ins and the lock that came of them.</summary>
    public Task<Result<User>> UnlockAsync(string name, string actor, CancellationToken cancellation = default) => WithAsync(name, async user =>
    {
        await services.GetRequiredService<AccountGuards>().ClearAsync(user.Id);
        await audit.WriteAsync(AuditEvents.AccountUnlocked, actor, user.Id.ToString());
    }, cancellation);

    private async Task<Result<User>> WithAsync(string name, Func<User, Task> act, CancellationToken cancellation)
    {
        if (await users.FindByNameAsync(name, cancellation) is not { } user)
        {
            return new Problem(UserDirectory.NotFound, $"there is no user '{name}'", "email");
        }

        await act(user);
        return user;
    }

    private async Task<Result<User>> SwitchAsync(string name, DateTime? disabledAt, string @event, string actor, CancellationToken cancellation)
    {
        if (await users.FindByNameAsync(name, cancellation) is not { } user)
        {
            return new Problem(UserDirectory.NotFound, $"there is no user '{name}'", "email");
        }

        if (user.DisabledAt is null != disabledAt is null)
        {
            user.DisabledAt = disabledAt;
            // Whatever was signed in with the old stamp is out.
            user.SecurityStamp = Guid.NewGuid().ToString("N");
            audit.Append(@event, actor, user.Id.ToString());
            user.UpdatedAt = time.GetUtcNow().UtcDateTime;
            user.ConcurrencyStamp = Guid.NewGuid().ToString();
            await database.SaveChangesAsync(cancellation);
        }

        return user;
    }
}
