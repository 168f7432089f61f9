using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Api;
using OidcProvider.Admin.Dashboard;
using OidcProvider.Audit;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Requests;

/// <summary>The refused requests of the last day. The id from an error page leads straight to its explanation.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.RequestsRead)]
internal sealed class IndexModel(RequestList list, RefusedRequests refused, DashboardData data) : AdminPage
{
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true, Name = "client_id")]
    public string? ClientId { get; set; }

    [BindProperty(SupportsGet = true, Name = "endpoint")]
    public string? Endpoint { get; set; }

    [BindProperty(SupportsGet = true, Name = "error")]
    public string? Error { get; set; }

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    public Page<RequestSummary> List { get; private set; } = new([], null);

    /// <summary>How many of the last day are in no list, because too many came at once.</summary>
    public long NotKept { get; private set; }

    public bool Filtered => !string.IsNullOrEmpty(Search) || !string.IsNullOrEmpty(ClientId) || !string.IsNullOrEmpty(Endpoint) || !string.IsNullOrEmpty(Error);

    public string NextUrl => QueryString.Create(new Dictionary<string, string?> { ["q"] = Search, ["client_id"] = ClientId, ["endpoint"] = Endpoint, ["error"] = Error, ["cursor"] = List.NextCursor }.Where(pair => !string.IsNullOrEmpty(pair.Value))).ToString();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        if (Search?.Trim() is { Length: > 0 } id && await refused.FindAsync(id, cancellation) is not null)
        {
            return Redirect($"{Request.PathBase}/admin/requests/{id}");
        }

        NotKept = await data.NotKeptAsync(cancellation);
        List = await list.FindAsync(new RequestFilter { ClientId = ClientId, Endpoint = Endpoint, Error = Error }, new Listing { Search = Search, Cursor = Cursor }, cancellation);
        return Page();
    }
}
