using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Tokens;
using OidcProvider.Users;

namespace OidcProvider.Admin.Grants;

/// <summary>Withdraws what a user let an app do, after the gate that guards the user's account. Null: done.</summary>
internal sealed class GrantWithdrawal(AppDbContext database, UserGate gate, GrantDesk grants, ConnectedApps apps)
{
    public const string NotFound = "grant_not_found";

    private static readonly Problem Unknown = new(NotFound, "There is no such grant, or it was withdrawn.");

    public async Task<Problem?> OneAsync(Acting by, Guid id, CancellationToken cancellation = default)
    {
        if (await grants.FindAsync(id, cancellation) is not { } grant)
        {
            return Unknown;
        }

        return grant.UserId is { } user && await gate.ReachAsync(by, user, null, cancellation) is { Succeeded: false } refused ? refused.Problems[0]
            : await grants.WithdrawAsync(grant, by.Name) ? null : Unknown;
    }

    public async Task<Problem?> AppAsync(Acting by, Guid userId, string clientId, CancellationToken cancellation = default)
    {
        if (await gate.ReachAsync(by, userId, null, cancellation) is { Succeeded: false } refused)
        {
            return refused.Problems[0];
        }

        var client = await database.Clients.Where(row => row.ClientId == clientId).Select(row => (Guid?)row.Id).SingleOrDefaultAsync(cancellation);
        return client is { } known && await apps.WithdrawAsync(userId, known, by.Name) ? null : Unknown;
    }
}
