namespace OidcProvider.Data;

/// <summary>A user with the roles they hold now.</summary>
internal sealed record UserWithRoles(User User, IReadOnlyList<string> Roles);

/// <summary>Reads users for the hot path, in one statement and past the change tracker.</summary>
internal sealed class UserLookup
{
    private Made? _made;

    public Task<UserWithRoles?> ByIdAsync(AppDbContext database, Guid id)
    {
        // Two who come first make it twice; either is right.
        var (question, users) = _made ??= Make(database);
        return question.AskAsync(
            database,
            async reader =>
            {
                if (!await reader.ReadAsync())
                {
                    return null;
                }

                var user = users.Row(reader);
                List<string> roles = [];
                var role = users.Columns.Count;
                do
                {
                    if (!reader.IsDBNull(role))
                    {
                        roles.Add(reader.GetString(role));
                    }
                }
                while (await reader.ReadAsync());
                return new UserWithRoles(user, roles);
            },
            id);
    }

    private static Made Make(AppDbContext database)
    {
        var users = new PlainRead<User>(database.Model);
        return new Made(new Statement(
            $"""
            SELECT {string.Join(", ", users.Columns.Select(column => $"u.\"{column}\""))}, r."Name" FROM "Users" AS u
            LEFT JOIN "UserRoles" AS held ON held."UserId" = u."Id" LEFT JOIN "Roles" AS r ON r."Id" = held."RoleId"
            WHERE u."Id" = @p0
            """,
            typeof(Guid)), users);
    }

    private sealed record Made(Statement Question, PlainRead<User> Users);
}
