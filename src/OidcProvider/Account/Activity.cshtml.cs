using OidcProvider.Data;

namespace OidcProvider.Account;

/// <summary>What happened to this account, newest first.</summary>
internal sealed class ActivityModel(AccountData data) : AccountPage
{
    public IReadOnlyList<AuditRecord> List { get; private set; } = [];

    public async Task OnGetAsync() => List = await data.ActivityAsync(Me.Id, 100);

    /// <summary>An event in words; one without has its name.</summary>
    public static string Words(AuditRecord record) => (record.Event, record.Reason) switch
    {
        ("signin.succeeded", _) => "Signed in",
        ("signin.failed", "throttled") => "A sign-in was held up: too many tries",
        ("signin.failed", _) => "A sign-in failed",
        ("signout", _) => "Signed out",
        ("consent.granted", _) => "Allowed an app",
        ("consent.denied", _) => "Denied an app",
        ("consent.withdrawn", _) => "Removed an app",
        ("device.approved", _) => "Connected a device",
        ("device.denied", _) => "Denied a device",
        ("account.locked", _) => "Locked after too many failed sign-ins",
        ("account.unlocked", _) => "Unlocked",
        ("password.changed", "reset") => "Password set anew by mail",
        ("password.changed", _) => "Password changed",
        ("password.reset_asked", _) => "A link to set a new password was sent",
        ("email.changed", _) => "E-mail address changed",
        ("profile.changed", _) => "Profile changed",
        ("authenticator.added", _) => "Authenticator app set up",
        ("authenticator.removed", _) => "Authenticator app removed",
        ("recovery_codes.renewed", _) => "New recovery codes made",
        ("recovery_code.used", _) => "A recovery code was used",
        ("passkey.added", _) => "Passkey added",
        ("passkey.renamed", _) => "Passkey renamed",
        ("passkey.removed", _) => "Passkey removed",
        ("data.downloaded", _) => "Data downloaded",
        ("user.added" or "user.registered", _) => "Account made",
        ("user.updated", _) => "Changed by an administrator",
        _ => record.Event,
    };
}
