using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Clients;

/// <summary>What lives on a client right now, or on several together, and breaks with them.</summary>
internal sealed record ClientImpact(int Sessions, int Users, int RefreshTokens, int Consents)
{
    public bool Nothing => Sessions + Users + RefreshTokens + Consents == 0;

    public static async Task<ClientImpact> OfAsync(AppDbContext database, IReadOnlyCollection<Guid> clients, DateTime now, CancellationToken cancellation = default)
    {
        var ids = clients.ToList();
        var grants = database.Authorizations.Where(grant => ids.Contains(grant.Application!.Id) && grant.Status == Statuses.Valid);
        var tokens = database.Tokens.Where(token => ids.Contains(token.Application!.Id) && token.Status == Statuses.Valid && token.Type == TokenTypeIdentifiers.RefreshToken && token.ExpirationDate > now);
        return new ClientImpact(
            await database.Sessions.CountAsync(session => session.EndedAt == null && session.ExpiresAt > now && grants.Any(grant => grant.SessionId == session.Id), cancellation),
            await tokens.Select(token => token.Subject).Union(grants.Where(grant => database.Sessions.Any(session => session.Id == grant.SessionId && session.EndedAt == null && session.ExpiresAt > now)).Select(grant => grant.Subject)).CountAsync(cancellation),
            await tokens.CountAsync(cancellation),
            await database.Consents.CountAsync(consent => ids.Contains(consent.ClientId), cancellation));
    }
}
