using OidcProvider.Data;

namespace OidcProvider.Account;

/// <summary>What happened to this account, newest first.</summary>
internal sealed class ActivityModel(AccountData data) : AccountPage
{
    public IReadOnlyList<AuditRecord> List { get; private set; } = [];

    public async Task OnGetAsync() => List = await data.ActivityAsync(Me.Id, 100);

    /// <summary>An event in words; one without has its name.</summary>
    public string Words(AuditRecord record) => (record.Event, record.Reason) switch
    {
        ("signin.succeeded", _) => T["activity.signed_in"],
        ("signin.failed", "throttled") => T["activity.held_up"],
        ("signin.failed", _) => T["activity.failed"],
        ("signout", _) => T["activity.signed_out"],
        ("consent.granted", _) => T["activity.app_allowed"],
        ("consent.denied", _) => T["activity.app_denied"],
        ("consent.withdrawn", _) => T["activity.app_removed"],
        ("device.approved", _) => T["activity.device_connected"],
        ("device.denied", _) => T["activity.device_denied"],
        ("account.locked", _) => T["activity.locked"],
        ("account.unlocked", _) => T["activity.unlocked"],
        ("password.changed", "reset") => T["activity.password_reset"],
        ("password.changed", _) => T["activity.password_changed"],
        ("password.reset_asked", _) => T["activity.password_asked"],
        ("email.changed", _) => T["activity.email_changed"],
        ("profile.changed", _) => T["activity.profile_changed"],
        ("authenticator.added", _) => T["activity.authenticator_added"],
        ("authenticator.removed", _) => T["activity.authenticator_removed"],
        ("recovery_codes.renewed", _) => T["activity.codes_made"],
        ("recovery_code.used", _) => T["activity.code_used"],
        ("passkey.added", _) => T["activity.passkey_added"],
        ("passkey.used", _) => T["activity.passkey_used"],
        ("passkey.renamed", _) => T["activity.passkey_renamed"],
        ("passkey.removed", _) => T["activity.passkey_removed"],
        ("data.downloaded", _) => T["activity.data_downloaded"],
        ("user.added" or "user.registered", _) => T["activity.made"],
        ("user.updated", _) => T["activity.changed"],
        ("api_key.made", _) => T["activity.key_made"],
        ("api_key.revoked", _) => T["activity.key_revoked"],
        ("api_key.refused", _) => T["activity.key_wrong"],
        _ => record.Event,
    };
}
