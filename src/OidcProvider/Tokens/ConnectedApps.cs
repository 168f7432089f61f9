using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Languages;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Tokens;

/// <summary>An app that a user let in: what it may do, since when, and when it last got something.</summary>
internal sealed record ConnectedApp(Guid Id, string ClientId, string Name, string? LogoUri, string? ClientUri, IReadOnlyList<string> Scopes, DateTime Since, DateTime LastUsed, int LiveGrants);

/// <summary>The apps that hold something of a user. Withdrawing takes the consent and all that was issued from it, at once.</summary>
internal sealed class ConnectedApps(AppDbContext database, ConsentStore consents, AuditLog audit)
{
    public async Task<IReadOnlyList<ConnectedApp>> ListAsync(Guid userId, CancellationToken cancellation = default)
    {
        var subject = userId.ToString();
        var grants = await database.Authorizations.AsNoTracking().Where(row => row.Subject == subject && row.Status == Statuses.Valid)
            .GroupBy(row => row.Application!.Id)
            .Select(group => new { Client = group.Key, Since = group.Min(row => row.CreationDate), Granted = group.Max(row => row.CreationDate), Live = group.Count() })
            .ToListAsync(cancellation);
        var used = await database.Tokens.AsNoTracking().Where(row => row.Subject == subject).GroupBy(row => row.Application!.Id)
            .Select(group => new { Client = group.Key, Last = group.Max(row => row.CreationDate) }).ToListAsync(cancellation);
        var allowed = await database.Consents.AsNoTracking().Where(row => row.UserId == userId).ToListAsync(cancellation);
        var ids = grants.Select(grant => grant.Client).Union(allowed.Select(consent => consent.ClientId)).ToList();
        var clients = await database.Clients.AsNoTracking().Where(row => ids.Contains(row.Id)).Select(row => new { row.Id, row.Definition }).ToListAsync(cancellation);
        return [.. clients.Select(client =>
        {
            var definition = ClientJson.ReadStored(client.Definition);
            var grant = grants.SingleOrDefault(row => row.Client == client.Id);
            var consent = allowed.SingleOrDefault(row => row.ClientId == client.Id);
            var since = grant?.Since ?? consent?.GrantedAt ?? default;
            var last = used.SingleOrDefault(row => row.Client == client.Id)?.Last ?? grant?.Granted ?? since;
            return new ConnectedApp(
                client.Id, definition.ClientId!, definition.NameIn(Language.Current), definition.LogoUri, definition.ClientUri,
                consent?.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [.. definition.Scopes()], since, last, grant?.Live ?? 0);
        }).OrderByDescending(app => app.LastUsed)];
    }

    /// <summary>Withdraws what a user allowed an app: consent, refresh tokens, access tokens. False when the app holds nothing.</summary>
    public async Task<bool> WithdrawAsync(Guid userId, Guid client, string actor)
    {
        var subject = userId.ToString();
        await using var work = await UnitOfWork.BeginAsync(database);
        var consented = await consents.WithdrawAsync(userId, client);
        // The grants first: issuing takes the same rows, so nothing issued in between survives.
        var revoked = await database.Authorizations.Where(row => row.Subject == subject && row.Application!.Id == client && row.Status == Statuses.Valid)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, Statuses.Revoked));
        await database.Tokens.Where(row => row.Subject == subject && row.Application!.Id == client && row.Status != Statuses.Redeemed)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Status, Statuses.Revoked));
        if (!consented && revoked == 0)
        {
            return false;
        }

        var clientId = await database.Clients.Where(row => row.Id == client).Select(row => row.ClientId).SingleOrDefaultAsync();
        audit.Append(AuditEvents.ConsentWithdrawn, actor, subject, clientId);
        await database.SaveChangesAsync();
        await work.CommitAsync();
        return true;
    }
}
