using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Api;
using OidcProvider.ApiKeys;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.ApiKeys;

/// <summary>All API keys: search, by state, newest or oldest first, page by page.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ApiKeysRead)]
internal sealed class IndexModel(AppDbContext database, TimeProvider time) : AdminPage
{
    public static readonly string[] States = [ApiKeyView.Active, ApiKeyView.Expired, ApiKeyView.Revoked, ApiKeyView.Suspended];

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true, Name = "state")]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true, Name = "sort")]
    public string? Sort { get; set; }

    [BindProperty(SupportsGet = true, Name = "after")]
    public string? After { get; set; }

    public IReadOnlyList<ApiKeyView> List { get; private set; } = [];

    public string? Next { get; private set; }

    public bool OldestFirst => Sort == "created_at";

    public bool Filtered => !string.IsNullOrWhiteSpace(Search) || !string.IsNullOrEmpty(State);

    public bool Revoked => Request.Query["done"] == "revoked";

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        var after = Cursor.Parse(After) is { Value: { } value } cursor && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? (at, cursor.Id) : ((DateTime, Guid)?)null;
        var found = await ApiKeyLists.ListAsync(database, new(Search, State, After: after, OldestFirst: OldestFirst, Take: Listing.Usual + 1), time.GetUtcNow().UtcDateTime, cancellation);
        List = [.. found.Take(Listing.Usual)];
        Next = found.Count > List.Count ? new Cursor(List[^1].CreatedAt.ToString("O", CultureInfo.InvariantCulture), List[^1].Id).ToString() : null;
    }

    /// <summary>This list in another order or on another page.</summary>
    public string Here(string? sort, string? after = null) => Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString($"{Request.PathBase}/admin/api-keys", new Dictionary<string, string?>
    {
        ["q"] = Search, ["state"] = State, ["sort"] = sort, ["after"] = after,
    }.Where(pair => !string.IsNullOrEmpty(pair.Value)));
}
