using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>
/// What administrators do to accounts: make, change, remove them. Asks <see cref="UserGate"/> first, and everything of one change commits together:
/// the account, its roles, the audit record with before and after.
/// </summary>
internal sealed class UserDesk(AppDbContext database, UserDirectory users, UserGate gate, Credentials credentials, PasswordPolicy policy, ILookupNormalizer normalizer)
{
    public async Task<Result<User>> AddAsync(Acting by, UserDefinition definition, CancellationToken cancellation = default)
    {
        var problems = GrantFaults(by, [], definition.Roles ?? []);
        if (definition.Password is { } password && await policy.FaultAsync(password, [definition.Email, definition.GivenName, definition.FamilyName, definition.Name], cancellation) is { } weak)
        {
            problems.Add(weak);
        }

        return problems.Count > 0 ? problems : await users.AddAsync(definition, by.Name, cancellation);
    }

    /// <summary>Makes an account exactly what the definition says.</summary>
    public async Task<Result<User>> ReplaceAsync(Acting by, Guid id, UserDefinition definition, string? version, CancellationToken cancellation = default)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        var reached = await gate.ReachAsync(by, id, version, cancellation);
        if (!reached.Succeeded)
        {
            return reached.Problems.ToList();
        }

        var roles = definition.Roles ?? [];
        var problems = GrantFaults(by, reached.Value.Roles, roles);
        if (!roles.Contains(AdminRoles.Owner, StringComparer.OrdinalIgnoreCase) && await gate.LastOwnerFaultAsync(reached.Value) is { } last)
        {
            problems.Add(last with { Field = "roles" });
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        var (oldAddress, oldName) = (reached.Value.User.Email, reached.Value.User.NormalizedEmail);
        var replaced = await users.ReplaceAsync(reached.Value.User, definition with { Roles = roles }, by.Name, cancellation);
        if (replaced.Succeeded)
        {
            if (replaced.Value.NormalizedEmail != oldName)
            {
                await credentials.AddressReplacedAsync(replaced.Value, oldAddress);
            }

            await work.CommitAsync();
        }

        return replaced;
    }

    /// <summary>Adds a role to those an account holds.</summary>
    public async Task<Result<User>> GrantAsync(Acting by, Guid id, string role, CancellationToken cancellation = default)
    {
        var reached = await gate.ReachAsync(by, id, null, cancellation);
        return reached.Succeeded
            ? await ReplaceAsync(by, id, UserColumns.Read(reached.Value.User, [.. reached.Value.Roles.Union([role], StringComparer.OrdinalIgnoreCase)]), null, cancellation)
            : reached.Problems.ToList();
    }

    /// <summary>Removes an account with everything that hangs on it.</summary>
    public async Task<Result<User>> RemoveAsync(Acting by, Guid id, string? version, CancellationToken cancellation = default)
    {
        await using var work = await UnitOfWork.BeginAsync(database, cancellation);
        var reached = await gate.ReachAsync(by, id, version, cancellation);
        if (!reached.Succeeded)
        {
            return reached.Problems.ToList();
        }

        // Takes the row, so that what was judged is what is removed.
        var judged = reached.Value.User;
        if (await database.Users.Where(row => row.Id == id && row.ConcurrencyStamp == judged.ConcurrencyStamp).ExecuteUpdateAsync(set => set.SetProperty(row => row.UpdatedAt, row => row.UpdatedAt), cancellation) == 0)
        {
            return UserGate.ChangedMeanwhile;
        }

        if (await gate.LastOwnerFaultAsync(reached.Value) is { } last)
        {
            return last;
        }

        await credentials.DeleteAsync(reached.Value.User, by.Name);
        await work.CommitAsync();
        return reached.Value.User;
    }

    // Names are compared in the form in which the database finds them: a role is what it resolves to, not how it was written.
    private List<Problem> GrantFaults(Acting by, IReadOnlyList<string> held, IReadOnlyList<string> wanted)
    {
        var (before, after) = (held.Select(Canonical).ToList(), wanted.Select(Canonical).ToList());
        return [.. AdminRoles.Ungrantable(by.Roles, before, after).Select(role => new Problem(UserGate.Forbidden, $"Only an owner gives or takes the role {role}.", "roles"))];
    }

    private string Canonical(string role) => normalizer.NormalizeName(role) is { } name ? AdminRoles.All.FirstOrDefault(known => normalizer.NormalizeName(known) == name) ?? role : role;
}
