using System.Security.Claims;
using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol;

/// <summary>Makes the grant behind an authorization code: its row, its principal, the consent that is remembered.</summary>
internal sealed class CodeIssue(RequestRows rows, GrantPrincipal principals, ConsentStore consents, UsageCounts usage, AuditLog audit, TimeProvider time)
{
    public async Task<ClaimsPrincipal> PrepareAsync(PendingAuthorization pending, Decision decision)
    {
        var user = pending.Session!.User;
        var scopes = pending.Request.GetScopes();
        if (decision is Decision.Allow)
        {
            audit.Append(AuditEvents.ConsentGranted, user.Id.ToString(), user.Id.ToString(), pending.Client.ClientId);
            await consents.GrantAsync(user.Id, pending.Client.Id, scopes);
        }

        usage.CountAuthorization(pending.Client, pending.Request.RedirectUri!, !string.IsNullOrEmpty(pending.Request.CodeChallenge), pending.Parameters.Any(pair => pair.Key == Parameters.RequestUri));
        var principal = await principals.ForUserAsync(user, pending.Session.Roles, scopes, AuthenticationFacts.Of(pending.Session.Session), CancellationToken.None);
        principal.SetAuthorizationId(Grant(pending.Client, user.Id, scopes, pending.Session.Session.Id));
        return principal;
    }

    /// <summary>
    /// One grant for each sign-in of a client: what is revoked with it is what came of it, and nothing else. It is written
    /// together with the code or device code that it stands behind.
    /// </summary>
    public string Grant(RegisteredClient client, Guid userId, IEnumerable<string> scopes, Guid? sessionId)
    {
        var grant = new Authorization
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            ConcurrencyToken = Guid.NewGuid().ToString(),
            CreationDate = time.GetUtcNow().UtcDateTime,
            Scopes = System.Text.Json.JsonSerializer.Serialize(scopes),
            SessionId = sessionId,
            Status = Statuses.Valid,
            Subject = userId.ToString(),
            Type = AuthorizationTypes.AdHoc,
            ApplicationId = client.Id,
        };
        rows.Grant = grant;
        return grant.Id.ToString();
    }

    public async Task RecordRefusalAsync(PendingAuthorization pending, Step.Error error)
    {
        if (error.Code == Errors.AccessDenied && pending.Session is { } session)
        {
            await audit.WriteAsync(AuditEvents.ConsentDenied, session.User.Id.ToString(), session.User.Id.ToString(), pending.Client.ClientId);
        }
    }
}
