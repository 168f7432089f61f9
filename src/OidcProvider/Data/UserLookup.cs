using Microsoft.EntityFrameworkCore;

namespace OidcProvider.Data;

/// <summary>A user with the roles they hold now.</summary>
internal sealed record UserWithRoles(User User, IReadOnlyList<string> Roles);

/// <summary>Reads users for the hot path: the question is translated to SQL once and not at each request.</summary>
internal sealed class UserLookup
{
    public Func<AppDbContext, Guid, Task<UserWithRoles?>> ById { get; } = EF.CompileAsyncQuery((AppDbContext database, Guid id) =>
        database.Users.AsNoTracking().Where(user => user.Id == id)
            .Select(user => new UserWithRoles(user, (from held in database.UserRoles join role in database.Roles on held.RoleId equals role.Id where held.UserId == user.Id select role.Name!).ToList()))
            .SingleOrDefault());
}
