using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>One change to many accounts, for the API and the page alike. Each for itself: what is refused for one is done to the others.</summary>
internal sealed class UserBulk(AppDbContext database, IServiceScopeFactory scopes)
{
    /// <summary>How many at once.</summary>
    public const int Most = 500;

    /// <summary>The addresses of those that are there, by id.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(List<Guid> ids, CancellationToken cancellation) =>
        await database.Users.Where(user => ids.Contains(user.Id)).ToDictionaryAsync(user => user.Id, user => user.Email ?? "", cancellation);

    public async Task<IReadOnlyList<BulkOutcome>> RunAsync(BulkAction action, IEnumerable<Guid> ids, Acting by, CancellationToken cancellation)
    {
        List<BulkOutcome> outcomes = [];
        foreach (var id in ids.Distinct())
        {
            // A scope for each: what one left half done must not be saved by the next.
            await using var scope = scopes.CreateAsyncScope();
            var standing = scope.ServiceProvider.GetRequiredService<UserStanding>();
            var result = action switch
            {
                BulkAction.Disable => await standing.DisableAsync(by, id, cancellation),
                BulkAction.Enable => await standing.EnableAsync(by, id, cancellation),
                _ => await scope.ServiceProvider.GetRequiredService<UserDesk>().RemoveAsync(by, id, version: null, cancellation),
            };
            outcomes.Add(result.Succeeded ? new(id, BulkOutcome.Ok, null) : new(id, result.Problems[0].Code, result.Problems[0].Message));
        }

        return outcomes;
    }
}
