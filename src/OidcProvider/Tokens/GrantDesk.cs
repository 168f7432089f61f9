using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Data;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Tokens;

/// <summary>What one sign-in granted one app, as administrators see it.</summary>
internal sealed record GrantView(Guid Id, Guid? UserId, string? Email, string? UserName, string? ClientId, string? ClientName, IReadOnlyList<string> Scopes, DateTime CreatedAt, Guid? SessionId);

/// <summary>Grants in force, newest first, and withdrawing one. Whether the caller may do that to this user is asked before, by who calls.</summary>
internal sealed class GrantDesk(AppDbContext database, AuditLog audit)
{
    /// <param name="userId">Only of this user.</param>
    /// <param name="clientId">Only to this client; they come in the order of users then, which is that of the index.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Found<GrantView>> ListAsync(Guid? userId, string? clientId, Position? after, int take, CancellationToken cancellation = default)
    {
        var grants = database.Authorizations.AsNoTracking().Where(row => row.Status == Statuses.Valid);
        if (userId is { } id)
        {
            var subject = id.ToString();
            grants = grants.Where(row => row.Subject == subject);
        }

        if (clientId is not null)
        {
            var client = await database.Clients.Where(row => row.ClientId == clientId).Select(row => row.Id).SingleOrDefaultAsync(cancellation);
            grants = grants.Where(row => row.Application!.Id == client);
        }

        if (clientId is not null && userId is null)
        {
            var bySubject = await grants.After(row => row.Subject, row => row.Id, after?.Value is { } last ? (last, after.Id) : null)
                .OrderBy(row => row.Subject).ThenBy(row => row.Id).Include(row => row.Application).Take(take + 1).ToListAsync(cancellation);
            return await ViewsAsync(Keyset.Page(bySubject, take, row => new(row.Subject, row.Id)), cancellation);
        }

        (DateTime?, Guid)? from = DateTime.TryParse(after?.Value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? (at, after!.Id) : null;
        var rows = await grants.After(row => row.CreationDate, row => row.Id, from, descending: true)
            .OrderByDescending(row => row.CreationDate).ThenByDescending(row => row.Id).Include(row => row.Application).Take(take + 1).ToListAsync(cancellation);
        return await ViewsAsync(Keyset.Page(rows, take, row => new(row.CreationDate?.ToString("O", CultureInfo.InvariantCulture), row.Id)), cancellation);
    }

    public async Task<GrantView?> FindAsync(Guid id, CancellationToken cancellation = default)
    {
        var rows = await database.Authorizations.AsNoTracking().Where(row => row.Id == id && row.Status == Statuses.Valid).Include(row => row.Application).ToListAsync(cancellation);
        return (await ViewsAsync(new(rows, null), cancellation)).Rows.SingleOrDefault();
    }

    /// <summary>Withdraws one grant with all that was issued from it. What the user allowed the app stays. False when it was not in force.</summary>
    public async Task<bool> WithdrawAsync(GrantView grant, string actor)
    {
        await using var work = await UnitOfWork.BeginAsync(database);
        // The grant first: issuing takes the same row, so nothing issued in between survives.
        if (await database.Authorizations.Where(row => row.Id == grant.Id && row.Status == Statuses.Valid).ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, Statuses.Revoked)) == 0)
        {
            return false;
        }

        await database.Tokens.Where(row => row.Authorization!.Id == grant.Id && row.Status != Statuses.Redeemed).ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, Statuses.Revoked));
        audit.Append(AuditEvents.GrantRevoked, actor, grant.UserId?.ToString(), grant.ClientId);
        await database.SaveChangesAsync();
        await work.CommitAsync();
        return true;
    }

    private async Task<Found<GrantView>> ViewsAsync(Found<Authorization> page, CancellationToken cancellation)
    {
        var ids = page.Rows.Select(row => Guid.TryParse(row.Subject, out var id) ? id : Guid.Empty).Distinct().ToList();
        var users = await database.Users.AsNoTracking().Where(user => ids.Contains(user.Id)).ToDictionaryAsync(user => user.Id, cancellation);
        return new([.. page.Rows.Select(row =>
        {
            var user = Guid.TryParse(row.Subject, out var id) ? users.GetValueOrDefault(id) : null;
            return new GrantView(
                row.Id, user?.Id, user?.Email, user?.FullName, row.Application?.ClientId, row.Application is { } client ? ClientJson.ReadStored(client.Definition).ClientName : null,
                row.Scopes is { } scopes ? JsonSerializer.Deserialize<string[]>(scopes)! : [], row.CreationDate ?? default, row.SessionId);
        })], page.Next);
    }
}
