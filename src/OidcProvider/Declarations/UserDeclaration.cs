using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Declarations;

/// <summary>Makes the users of a file what it says, in the caller's transaction. Who is to be barred is, by the same rules and with the same end of sessions as by hand.</summary>
internal sealed class UserDeclaration(UserDirectory users, UserStanding standing, UserGate gate)
{
    public async Task<List<Problem>> ApplyAsync(BootstrapFile file, ApplyOptions how, Action advance, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        List<(int Index, Guid Id, bool Off)> switched = [];
        var owned = await gate.HasOwnerAsync();
        for (var i = 0; i < file.Users.Count; i++)
        {
            var (wanted, known) = (file.Users[i], await users.FindByNameAsync(file.Users[i].Email, cancellation));
            if (known is null || how.Existing == ExistingUsers.Update)
            {
                var made = known is null ? await users.AddAsync(wanted, how.Editor.Actor, cancellation) : await users.UpdateAsync(wanted, how.Editor.Actor, cancellation);
                problems.AddRange(BootstrapFile.At(Path(i), made.Problems));
                if (made.Succeeded && how.Off(wanted.Disabled, made.Value.DisabledAt is not null) is var off && off != made.Value.DisabledAt is not null)
                {
                    switched.Add((i, made.Value.Id, off));
                }
            }

            advance();
        }

        // Once all are there, and first those who come back: the last owner may go when the file brings another.
        var by = new Acting(how.Editor.Actor, how.Editor.IsOwner ? [AdminRoles.Owner] : []);
        foreach (var (index, id, off) in switched.OrderBy(entry => entry.Off).TakeWhile(_ => problems.Count == 0))
        {
            problems.AddRange(BootstrapFile.At(Path(index), (off ? await standing.DisableAsync(by, id, cancellation) : await standing.EnableAsync(by, id, cancellation)).Problems));
        }

        if (owned && problems.Count == 0 && !await gate.HasOwnerAsync())
        {
            problems.Add(new(UserGate.LastOwner, "would leave the server without an owner: no account that is enabled holds the role admin", "users"));
        }

        return problems;
    }

    private static string Path(int index) => $"users[{index}]";
}
