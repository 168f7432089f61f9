using Microsoft.AspNetCore.Authorization;
using OidcProvider.Clients;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>Disables, enables or removes the clients that were ticked in the list, after saying what breaks in total.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ClientsWrite)]
internal sealed class BulkModel(ClientBulk bulk, BulkReports reports) : BulkPage(reports)
{
    private IReadOnlyList<RegisteredClient> _clients = [];

    public override string List => $"{Request.PathBase}/admin/clients";

    public override string Noun => "client";

    protected override async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellation)
    {
        Ids = [.. Ids.Distinct(StringComparer.Ordinal).Take(ClientBulk.Most)];
        _clients = await bulk.FindAsync(Ids, cancellation);
        return [.. _clients.Select(client => client.ClientId)];
    }

    protected override async Task<BulkQuestion?> AskAsync(CancellationToken cancellation)
    {
        var impact = await bulk.ImpactAsync(_clients, cancellation);
        var lives = $"{Count(impact.Sessions, "live session")}, {Count(impact.Users, "user")}, {Count(impact.RefreshTokens, "refresh token")}, {Count(impact.Consents, "remembered consent")}";
        return What switch
        {
            ClientBulk.Disable => new($"Disable {Counted}?", $"They become unknown to every endpoint: nobody can sign in by them, nothing can be refreshed. In total, on them live {lives}. Their data stays, and they can be enabled again.", "Disable", "disabled"),
            ClientBulk.Enable => new($"Enable {Counted}?", "They work again at once, with all they had.", "Enable", "enabled"),
            ClientBulk.Delete => new($"Remove {Counted}?", $"They go for good, with all that lives on them. In total: {lives}. Access tokens that are out there end within their lifetime. This cannot be undone.", "Remove", "removed", Final: true),
            _ => null,
        };
    }

    protected override async Task<IReadOnlyList<BulkResult>> RunAsync(CancellationToken cancellation) =>
        [.. (await bulk.RunAsync(What!, Ids, Caller.Editor, cancellation)).Select(item => new BulkResult(item.ClientId, item.Outcome == BulkItem.Done ? null : item.Message))];
}
