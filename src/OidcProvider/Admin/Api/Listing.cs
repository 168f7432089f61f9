using System.ComponentModel;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Data;

namespace OidcProvider.Admin.Api;

/// <summary>What every list takes: a search text, how many, in which order, and where the page before ended.</summary>
internal sealed record Listing
{
    public const int Most = 200, Usual = 50;

    [FromQuery(Name = "q"), Description("Part of a name or id.")]
    public string? Search { get; init; }

    [FromQuery(Name = "limit"), Description("Entries in an answer, 1 to 200.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "sort"), Description("The field to sort by; a leading '-' turns the order around.")]
    public string? Sort { get; init; }

    [FromQuery(Name = "cursor"), Description("next_cursor of the page before.")]
    public string? Cursor { get; init; }

    /// <summary>Where the page before ended.</summary>
    public Position? After() => Api.Cursor.Parse(Cursor)?.Position;

    public int Take => Math.Clamp(Limit ?? Usual, 1, Most);

    public bool Descending => Sort?.StartsWith('-') == true;

    public string? SortField => Sort?.TrimStart('-');
}

/// <summary>A page of a list. <c>next_cursor</c> is absent on the last one.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

internal static class FoundPages
{
    /// <summary>A page of rows as a page of the API, each row as <paramref name="item"/> shows it.</summary>
    public static Page<TItem> AsPage<T, TItem>(this Found<T> found, Func<T, TItem> item) =>
        new([.. found.Rows.Select(item)], found.Next is { } next ? new Cursor(next.Value, next.Id).ToString() : null);
}

/// <summary>
/// Where a page ended: the sort value and id of its last entry. The next page asks for what comes after them, along an index, so that
/// page 10,000 costs what page 1 does and nothing is shown twice when rows are added meanwhile.
/// </summary>
internal sealed record Cursor(string? Value, Guid Id)
{
    public Position Position => new(Value, Id);

    public override string ToString() => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(new[] { Value, Id.ToString() }));

    /// <summary>Null when the text is none of ours; the list then begins at its beginning.</summary>
    public static Cursor? Parse(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) || text.Length > 2000 || JsonSerializer.Deserialize<string?[]>(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(text))) is not [var value, { } id] || !Guid.TryParse(id, out var parsed)
                ? null
                : new(value, parsed);
        }
        catch (Exception fault) when (fault is FormatException or JsonException)
        {
            return null;
        }
    }
}
