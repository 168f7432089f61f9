using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OidcProvider.Sessions;
using OidcProvider.Tokens;
using OidcProvider.Users;

namespace OidcProvider.Account;

/// <summary>What is kept about a user, for them to read.</summary>
internal sealed class AccountData(AppDbContext database, SessionStore sessions, ConnectedApps apps, Passkeys passkeys, SecondFactors factors)
{
    public async Task<IReadOnlyList<AuditRecord>> ActivityAsync(Guid userId, int most)
    {
        var subject = userId.ToString();
        var records = await database.AuditRecords.AsNoTracking().Where(row => row.Subject == subject).OrderByDescending(row => row.At).ThenByDescending(row => row.Id).Take(most).ToListAsync();
        foreach (var record in records.Where(record => record.IsByAnother))
        {
            // Where an administrator sat is none of the user's business.
            record.Address = null;
        }

        return records;
    }

    public async Task<object> CollectAsync(User user)
    {
        var state = await factors.StateAsync(user.Id);
        return new
        {
            profile = new { user.Id, user.Email, user.EmailConfirmed, user.UserName, user.GivenName, user.FamilyName, user.DisplayName, user.PhoneNumber, user.CreatedAt, user.UpdatedAt, claims = JsonNode.Parse(user.Claims) },
            factors = new { state.Authenticator, state.RecoveryCodes, passkeys = (await passkeys.ListAsync(user)).Select(passkey => new { passkey.Name, passkey.CreatedAt, passkey.IsBackedUp }) },
            sessions = (await sessions.ListAsync(user.Id)).Select(session => new { session.Id, session.AuthenticatedAt, session.LastSeenAt, session.UserAgent, session.Address }),
            devices = await database.KnownDevices.AsNoTracking().Where(row => row.UserId == user.Id).Select(row => new { row.UserAgent, row.CreatedAt, row.LastSeenAt, row.TrustedUntil }).ToListAsync(),
            apps = (await apps.ListAsync(user.Id)).Select(app => new { app.ClientId, app.Name, app.Scopes, app.Since, app.LastUsed }),
            activity = (await ActivityAsync(user.Id, 10_000)).Select(record => new { record.At, record.Event, record.ClientId, record.Reason, record.Address }),
        };
    }
}
