using Microsoft.AspNetCore.Authorization;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>Disables or enables the users who were ticked in the list, after saying what breaks in total.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.UsersWrite)]
internal sealed class BulkModel(UserBulk bulk, SessionDesk sessions, BulkReports reports) : BulkPage(reports)
{
    private IReadOnlyDictionary<Guid, string> _users = new Dictionary<Guid, string>();

    public override string List => $"{Request.PathBase}/admin/users";

    public override string Noun => "user";

    protected override async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellation)
    {
        _users = await bulk.NamesAsync([.. Ids.Select(id => Guid.TryParse(id, out var parsed) ? parsed : Guid.Empty).Distinct().Take(UserBulk.Most)], cancellation);
        Ids = [.. _users.Keys.Select(id => id.ToString())];
        return [.. _users.Values.Order(StringComparer.Ordinal)];
    }

    protected override async Task<BulkQuestion?> AskAsync(CancellationToken cancellation)
    {
        var impact = await sessions.CountAsync([.. _users.Keys], cancellation);
        return What switch
        {
            "disable" => new($"Disable {Counted}?", $"Signing in is refused until they are enabled again. In total, {Count(impact.Sessions, "live session")}, {Count(impact.RefreshTokens, "refresh token")} and {Count(impact.Apps, "app")} lose access at once.", "Disable", "disabled"),
            "enable" => new($"Enable {Counted}?", "They can sign in again. Nothing that ended comes back.", "Enable", "enabled"),
            _ => null,
        };
    }

    protected override async Task<IReadOnlyList<BulkResult>> RunAsync(CancellationToken cancellation) =>
        [.. (await bulk.RunAsync(What == "enable" ? BulkAction.Enable : BulkAction.Disable, _users.Keys, Caller.Acting, cancellation)).Select(outcome => new BulkResult(_users[outcome.Id], outcome.Message))];
}
