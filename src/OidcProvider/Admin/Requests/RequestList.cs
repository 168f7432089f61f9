using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Admin.Api;
using OidcProvider.Audit;

namespace OidcProvider.Admin.Requests;

/// <summary>Which refused requests are asked for.</summary>
internal sealed record RequestFilter
{
    [FromQuery(Name = "client_id"), Description("The client that asked, exactly.")]
    public string? ClientId { get; init; }

    [FromQuery(Name = "endpoint"), Description("authorize, par, token, device, introspect, revoke, userinfo or logout.")]
    public string? Endpoint { get; init; }

    [FromQuery(Name = "error"), Description("The error code that was answered.")]
    public string? Error { get; init; }
}

/// <summary>A refused request in a list.</summary>
internal sealed record RequestSummary(string Id, DateTime At, string Endpoint, string? ClientId, string Error, string Cause);

/// <summary>The refused requests of the last day, newest first, page by page along the index on time.</summary>
internal sealed class RequestList(RefusedRequests refused)
{
    public static readonly IReadOnlyList<string> Endpoints = ["authorize", "par", "token", "device", "introspect", "revoke", "userinfo", "logout"];

    public async Task<Page<RequestSummary>> FindAsync(RequestFilter filter, Listing listing, CancellationToken cancellation)
    {
        var rows = refused.Known;
        rows = string.IsNullOrWhiteSpace(filter.ClientId) ? rows : rows.Where(row => row.ClientId == filter.ClientId.Trim());
        rows = string.IsNullOrWhiteSpace(filter.Endpoint) ? rows : rows.Where(row => row.Endpoint == filter.Endpoint);
        rows = string.IsNullOrWhiteSpace(filter.Error) ? rows : rows.Where(row => row.Error == filter.Error.Trim());
        rows = string.IsNullOrWhiteSpace(listing.Search) ? rows : rows.Where(row => row.Id.StartsWith(listing.Search.Trim()));
        if (Cursor.Parse(listing.Cursor) is { Value: { } value } cursor && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at))
        {
            var id = cursor.Id.ToString("N")[12..];
            // The database compares; it knows no StringComparison.
#pragma warning disable CA1309
            rows = rows.Where(row => row.At < at || (row.At == at && string.Compare(row.Id, id) < 0));
#pragma warning restore CA1309
        }

        var found = await rows.OrderByDescending(row => row.At).ThenByDescending(row => row.Id).Take(listing.Take + 1).ToListAsync(cancellation);
        var shown = found.Take(listing.Take).Select(ExplainedRequest.Read).ToList();
        return new([.. shown.Select(row => new RequestSummary(row.Id, row.At, row.Endpoint, row.ClientId, row.Error, row.Explanation.Cause))], found.Count > listing.Take ? After(shown[^1]) : null);
    }

    // An id is the second part of a UUID; see RequestId.
    private static string After(ExplainedRequest last) => new Cursor(last.At.ToString("O", CultureInfo.InvariantCulture), Guid.Parse($"000000000000{last.Id}")).ToString();
}
