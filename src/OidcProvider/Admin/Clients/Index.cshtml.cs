using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Admin.Api;
using OidcProvider.Clients;
using OidcProvider.Clients.Grading;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>All clients: searched, narrowed, sorted, a page at a time.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.ClientsRead)]
internal sealed class IndexModel(ClientCatalog catalog, TimeProvider time) : AdminPage
{
    private const int Rows = 50;

    /// <summary>The chips: name in the query, value, words.</summary>
    public static readonly IReadOnlyList<(string Name, string Value, string Words)> Chips =
    [
        ("kind", "public", "Public"), ("kind", "confidential", "Confidential"), ("grant", "client_credentials", "Services"), ("grant", "urn:ietf:params:oauth:grant-type:device_code", "Devices"), ("state", "disabled", "Disabled"),
    ];

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true, Name = "kind")]
    public string? Kind { get; set; }

    [BindProperty(SupportsGet = true, Name = "grant")]
    public string? Grant { get; set; }

    [BindProperty(SupportsGet = true, Name = "state")]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true, Name = "sort")]
    public string? Sort { get; set; }

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? From { get; set; }

    public IReadOnlyList<(ListedClient Client, string Grade)> List { get; private set; } = [];

    public string? Next { get; private set; }

    public bool IsNarrowed => !string.IsNullOrWhiteSpace(Search) || Kind is not null || Grant is not null || State is not null;

    public bool Removed => Request.Query["done"] == "removed";

    /// <summary>Whether this administrator may change this client at all.</summary>
    public bool MayChange(RegisteredClient client) => ClientGuard.Fault(Caller.Editor, client.Definition, client.Definition) is null;

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        var cursor = Cursor.Parse(From);
        var field = Sort?.TrimStart('-');
        var (found, more) = await catalog.ListAsync(
            new ClientQuery
            {
                Search = Search, Take = Rows, After = cursor is null ? null : (cursor.Value ?? "", cursor.Id),
                Public = Kind switch { "public" => true, "confidential" => false, _ => null },
                GrantType = Grant, Disabled = State is null ? null : State == "disabled",
                Sort = ClientQuery.Sorts.Contains(field) ? field! : ClientQuery.ById, Descending = Sort?.StartsWith('-') == true,
            },
            cancellation);
        var now = time.GetUtcNow().UtcDateTime;
        List = [.. found.Select(listed => (listed, ClientGrade.Of(listed.Client, listed.Usage, now).Letter))];
        Next = more ? With("cursor", new Cursor(found[^1].SortValue, found[^1].Client.Id).ToString()) : null;
    }

    /// <summary>The same list with one thing different; without a value it is left out.</summary>
    public string With(string name, string? value)
    {
        var query = Request.Query.Where(pair => pair.Key is "q" or "kind" or "grant" or "state" or "sort" && pair.Key != name).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
        if (value is not null)
        {
            query[name] = value;
        }

        return QueryHelpers.AddQueryString($"{Request.PathBase}/admin/clients", query);
    }

    public bool IsOn(string name, string value) => Request.Query[name] == value;

    /// <summary>The link of a column's head: its order, and on the second click the other way round.</summary>
    public string SortBy(string field) => With("sort", Sort == field ? $"-{field}" : field);

    public string? SortState(string field) => Sort == field ? "ascending" : Sort == $"-{field}" ? "descending" : null;
}
