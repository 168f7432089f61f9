using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Admin.Api;
using OidcProvider.Data;

namespace OidcProvider.Admin;

/// <summary>The links below a list: to its beginning, and on.</summary>
internal sealed record Pager(string First, string? Next, bool Begun)
{
    /// <param name="request">The request of the list; its search and filters stay.</param>
    /// <param name="next">Where the next page begins.</param>
    public static Pager Of(HttpRequest request, Position? next)
    {
        var kept = request.Query.Where(pair => pair.Key is not ("cursor" or "done")).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
        var first = QueryHelpers.AddQueryString($"{request.PathBase}{request.Path}", kept);
        return new(first, next is null ? null : QueryHelpers.AddQueryString(first, "cursor", new Cursor(next.Value, next.Id).ToString()), request.Query.ContainsKey("cursor"));
    }

    /// <summary>The same list under another sort.</summary>
    public static string Sorted(HttpRequest request, string field)
    {
        var kept = request.Query.Where(pair => pair.Key is not ("cursor" or "done" or "sort")).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
        kept["sort"] = request.Query["sort"] == field ? $"-{field}" : field;
        return QueryHelpers.AddQueryString($"{request.PathBase}{request.Path}", kept);
    }
}
