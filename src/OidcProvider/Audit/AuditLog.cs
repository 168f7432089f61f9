using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Audit;

/// <summary>Stable names of the events that are kept.</summary>
internal static class AuditEvents
{
    public const string SignedIn = "signin.succeeded";
    public const string SignInFailed = "signin.failed";
    public const string SignedOut = "signout";
    public const string ConsentGranted = "consent.granted";
    public const string ConsentWithdrawn = "consent.withdrawn";
    public const string ConsentDenied = "consent.denied";
    public const string DeviceApproved = "device.approved";
    public const string DeviceDenied = "device.denied";
    public const string CodeReplayed = "code.replayed";
    public const string RefreshTokenReplayed = "refresh_token.replayed";
    public const string TokenRevoked = "token.revoked";
    public const string ClientRegistered = "client.registered";
    public const string ClientUpdated = "client.updated";
    public const string ClientRemoved = "client.removed";
    public const string ClientAuthenticationFailed = "client.authentication_failed";
    public const string ClientSecretRotated = "client.secret_rotated";
    public const string ClientSecretAdded = "client.secret_added";
    public const string ClientSecretRemoved = "client.secret_removed";
    public const string ScopeRegistered = "scope.registered";
    public const string ScopeRemoved = "scope.removed";
    public const string ScopeUpdated = "scope.updated";
    public const string KeyRotated = "key.rotated";
    public const string KeyRevoked = "key.revoked";
    public const string UserAdded = "user.added";
    public const string UserUpdated = "user.updated";
    public const string UserDisabled = "user.disabled";
    public const string UserEnabled = "user.enabled";
    public const string UserRegistered = "user.registered";
    public const string UserDeleted = "user.deleted";
    public const string RoleRenamed = "role.renamed";
    public const string RoleRemoved = "role.removed";
    public const string GrantRevoked = "grant.revoked";
    public const string AccountLocked = "account.locked";
    public const string AccountUnlocked = "account.unlocked";
    public const string PasswordChanged = "password.changed";
    public const string PasswordResetAsked = "password.reset_asked";
    public const string EmailChanged = "email.changed";
    public const string ProfileChanged = "profile.changed";
    public const string AuthenticatorAdded = "authenticator.added";
    public const string AuthenticatorRemoved = "authenticator.removed";
    public const string RecoveryCodesRenewed = "recovery_codes.renewed";
    public const string RecoveryCodeUsed = "recovery_code.used";
    public const string PasskeyAdded = "passkey.added";
    public const string PasskeyUsed = "passkey.used";
    public const string PasskeyRenamed = "passkey.renamed";
    public const string PasskeyRemoved = "passkey.removed";
    public const string SecondFactorsReset = "second_factors.reset";
    public const string JobStarted = "job.started";
    public const string DataDownloaded = "data.downloaded";
    public const string ApiKeyMade = "api_key.made";
    public const string ApiKeyRevoked = "api_key.revoked";
    public const string ApiKeyRefused = "api_key.refused";
    public const string WebhookAdded = "webhook.added";
    public const string WebhookUpdated = "webhook.updated";
    public const string WebhookRemoved = "webhook.removed";
    public const string WebhookEnabled = "webhook.enabled";
    public const string WebhookDisabled = "webhook.disabled";
    public const string WebhookSecretRotated = "webhook.secret_rotated";
}

/// <summary>Appends to the audit trail through the caller's context, so that a record commits with the change it tells of, and with it what webhooks are owed.</summary>
internal sealed class AuditLog(AppDbContext database, TimeProvider time, IHttpContextAccessor http, WebhookOutbox webhooks)
{
    /// <summary>Claim of a caller with an API key: its readable beginning, which is written beside the user it acts for.</summary>
    public const string ApiKeyClaim = "api_key";

    public void Append(string @event, string? actor, string? subject = null, string? clientId = null, string? reason = null, string? change = null, string? apiKey = null)
    {
        var context = http.HttpContext;
        var record = new AuditRecord
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            At = time.GetUtcNow().UtcDateTime,
            Event = @event,
            Actor = Cut(actor, 200),
            Subject = Cut(subject, 200),
            ClientId = Cut(clientId, 200),
            ApiKey = apiKey ?? context?.User.FindFirst(ApiKeyClaim)?.Value,
            Reason = Cut(reason, 100),
            Change = change,
            Address = context?.Connection.RemoteIpAddress?.ToString(),
            RequestId = context is null ? null : RequestId.Of(context),
        };
        database.AuditRecords.Add(record);
        webhooks.Append(database, record);
    }

    /// <summary>Appends and saves at once, for events that change nothing else.</summary>
    public Task WriteAsync(string @event, string? actor, string? subject = null, string? clientId = null, string? reason = null, string? apiKey = null)
    {
        Append(@event, actor, subject, clientId, reason, apiKey: apiKey);
        return database.SaveChangesAsync(CancellationToken.None);
    }

    private static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : text[..length];
}
