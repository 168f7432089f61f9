using OidcProvider.Data;

namespace OidcProvider.Account;

/// <summary>What happened to this account, newest first.</summary>
internal sealed class ActivityModel(AccountData data) : AccountPage
{
    public IReadOnlyList<AuditRecord> List { get; private set; } = [];

    public async Task OnGetAsync() => List = await data.ActivityAsync(Me.Id, 100);
}
