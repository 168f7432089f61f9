using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>
/// Accounts: finding them, checking their passwords, making and changing them with the audit record in the same commit.
/// </summary>
internal sealed class UserDirectory(
    AppDbContext database, ILookupNormalizer normalizer, Passwords passwords, AuditLog audit, TimeProvider time, IOptions<UsersOptions> options)
{
    public const string NotFound = "user_not_found", Exists = "user_exists";

    /// <param name="name">What was asked for.</param>
    /// <param name="field">Where it was asked.</param>
    public static Problem Unknown(string name, string field = "email") => new(NotFound, $"there is no user '{name}'", field);

    public Task<User?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        database.Users.SingleOrDefaultAsync(user => user.Id == id, cancellation);

    /// <summary>By e-mail address or user name, in any letter case. An address wins over a user name that reads the same.</summary>
    public Task<User?> FindByNameAsync(string emailOrUserName, CancellationToken cancellation = default)
    {
        // What no database can hold (U+0000, half a character) is the name of nobody; asked for all the same, since the time must not tell.
        if (!IsText(emailOrUserName))
        {
            emailOrUserName = "\uFFFD";
        }

        var email = normalizer.NormalizeEmail(emailOrUserName.Trim());
        var name = normalizer.NormalizeName(emailOrUserName.Trim());
        return database.Users.Where(user => user.NormalizedEmail == email || user.NormalizedUserName == name)
            .OrderBy(user => user.NormalizedEmail == email ? 0 : 1).FirstOrDefaultAsync(cancellation);
    }

    private static bool IsText(string text) => !text.Contains('\0', StringComparison.Ordinal) && !text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar);

    public async Task<IReadOnlyList<User>> ListAsync(string? search = null, int skip = 0, int take = 100, CancellationToken cancellation = default)
    {
        var rows = database.Users.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(search))
        {
            var text = normalizer.NormalizeEmail(search.Trim());
            rows = rows.Where(user => user.NormalizedEmail!.Contains(text) || user.DisplayName!.Contains(search));
        }

        return await rows.OrderBy(user => user.NormalizedEmail).Skip(skip).Take(take).ToListAsync(cancellation);
    }

    /// <summary>Costs the same whether the account exists, is barred or has no password.</summary>
    public async Task<PasswordCheck> CheckPasswordAsync(string name, string password, CancellationToken cancellation = default)
    {
        await passwords.WarmUpAsync();
        return await passwords.CheckAsync(await FindByNameAsync(name, cancellation), password, cancellation);
    }

    /// <summary>The password of a known account.</summary>
    public async Task<PasswordCheck> CheckPasswordAsync(Guid id, string password, CancellationToken cancellation = default)
    {
        await passwords.WarmUpAsync();
        return await passwords.CheckAsync(await FindAsync(id, cancellation), password, cancellation);
    }

    public async Task<IReadOnlyList<string>> RolesOfAsync(User user, CancellationToken cancellation = default) =>
        await database.UserRoles.Where(link => link.UserId == user.Id)
            .Join(database.Roles, link => link.RoleId, role => role.Id, (_, role) => role.Name!)
            .OrderBy(name => name).ToListAsync(cancellation);

    /// <summary>Adds an account that its owner made; the password was judged and hashed when it was chosen.</summary>
    public Task<Result<User>> RegisterAsync(UserDefinition definition, string passwordHash) => AddAsync(definition, passwordHash, actor: null, AuditEvents.UserRegistered, default);

    public Task<Result<User>> AddAsync(UserDefinition definition, string actor, CancellationToken cancellation = default) =>
        AddAsync(definition, passwordHash: null, actor, AuditEvents.UserAdded, cancellation);

    private async Task<Result<User>> AddAsync(UserDefinition definition, string? passwordHash, string? actor, string @event, CancellationToken cancellation)
    {
        var problems = UserRules.Check(definition, options.Value.PasswordMinimumLength);
        if (problems.Count == 0 && await FindByNameAsync(definition.Email, cancellation) is not null)
        {
            problems.Add(new(Exists, $"'{definition.Email}' has an account already", "email"));
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var user = new User
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            CreatedAt = now,
            UpdatedAt = now,
            LockoutEnabled = true,
            SecurityStamp = Guid.NewGuid().ToString("N"),
            PasswordHash = definition.Password is null ? passwordHash : await passwords.HashAsync(definition.Password, cancellation),
        };
        UserColumns.Write(user, definition, normalizer);
        database.Users.Add(user);
        await WriteRolesAsync(user, definition.Roles ?? [], cancellation);
        audit.Append(@event, actor ?? user.Id.ToString(), user.Id.ToString(), change: AuditChange.Of(null, UserFacts.Of(user, definition.Roles ?? [])));
        try
        {
            await database.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException) when (database.Users.Any(other => other.NormalizedEmail == user.NormalizedEmail && other.Id != user.Id))
        {
            // Another node was faster; the unique index on the address decided.
            database.ChangeTracker.Clear();
            return new Problem(Exists, $"'{definition.Email}' has an account already", "email");
        }

        return user;
    }

    /// <summary>
    /// Brings an existing account to what the definition says; what it leaves out stays. The password never changes
    /// here: the user may have chosen a new one since the file was written.
    /// </summary>
    public async Task<Result<User>> UpdateAsync(UserDefinition definition, string actor, CancellationToken cancellation = default)
    {
        var problems = UserRules.Check(definition, options.Value.PasswordMinimumLength);
        var user = await FindByNameAsync(definition.Email, cancellation);
        if (user is null)
        {
            problems.Add(Unknown(definition.Email));
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        var held = await RolesOfAsync(user!, cancellation);
        var before = UserFacts.Of(user!, held);
        UserColumns.Write(user!, definition, normalizer);
        var rolesChanged = definition.Roles is not null && await WriteRolesAsync(user!, definition.Roles, cancellation);
        if (!rolesChanged && database.Entry(user!).State != EntityState.Modified)
        {
            return user!;
        }

        audit.Append(AuditEvents.UserUpdated, actor, user!.Id.ToString(), change: AuditChange.Of(before, UserFacts.Of(user, definition.Roles ?? held)));
        await TouchAsync(user, cancellation);
        return user;
    }

    /// <summary>
    /// Makes an account exactly what the definition says, its address included; the password stays. Whoever asks has been judged by
    /// <see cref="UserGate"/>; runs in the caller's transaction.
    /// </summary>
    public async Task<Result<User>> ReplaceAsync(User user, UserDefinition definition, string actor, CancellationToken cancellation = default)
    {
        var problems = UserRules.Check(definition with { Password = null }, options.Value.PasswordMinimumLength);
        if (problems.Count == 0 && await FindByNameAsync(definition.Email, cancellation) is { } other && other.Id != user.Id)
        {
            problems.Add(new(Exists, $"'{definition.Email}' has an account already", "email"));
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        var before = UserFacts.Of(user, await RolesOfAsync(user, cancellation));
        UserColumns.Replace(user, definition, normalizer);
        await WriteRolesAsync(user, definition.Roles ?? [], cancellation);
        if (AuditChange.Of(before, UserFacts.Of(user, definition.Roles ?? [])) is not { } change)
        {
            return user;
        }

        audit.Append(AuditEvents.UserUpdated, actor, user.Id.ToString(), change: change);
        try
        {
            await TouchAsync(user, cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            return UserGate.ChangedMeanwhile;
        }
        catch (DbUpdateException fault) when (fault is not DbUpdateConcurrencyException)
        {
            // Another node gave the address away meanwhile; the unique index decided.
            return new Problem(Exists, $"'{definition.Email}' has an account already", "email");
        }

        return user;
    }

    public Role NewRole(string name) => new() { Id = Guid.CreateVersion7(time.GetUtcNow()), Name = name, NormalizedName = normalizer.NormalizeName(name) };

    private Task<int> TouchAsync(User user, CancellationToken cancellation)
    {
        user.UpdatedAt = time.GetUtcNow().UtcDateTime;
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        return database.SaveChangesAsync(cancellation);
    }

    private async Task<bool> WriteRolesAsync(User user, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var wanted = names.DistinctBy(normalizer.NormalizeName).ToDictionary(name => normalizer.NormalizeName(name)!, StringComparer.Ordinal);
        var keys = wanted.Keys.ToList();
        var roles = await database.Roles.Where(role => keys.Contains(role.NormalizedName!)).ToListAsync(cancellation);
        foreach (var (_, name) in wanted.Where(pair => roles.All(role => role.NormalizedName != pair.Key)))
        {
            var role = NewRole(name);
            database.Roles.Add(role);
            roles.Add(role);
        }

        var held = await database.UserRoles.Where(link => link.UserId == user.Id).ToListAsync(cancellation);
        var lost = held.Where(link => roles.All(role => role.Id != link.RoleId)).ToList();
        var gained = roles.Where(role => held.All(link => link.RoleId != role.Id)).ToList();
        database.UserRoles.RemoveRange(lost);
        database.UserRoles.AddRange(gained.Select(role => new IdentityUserRole<Guid> { UserId = user.Id, RoleId = role.Id }));
        return lost.Count + gained.Count > 0;
    }
}
