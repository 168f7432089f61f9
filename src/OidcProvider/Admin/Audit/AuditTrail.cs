using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Admin.Api;
using OidcProvider.Data;

namespace OidcProvider.Admin.Audit;

/// <summary>Which records are asked for.</summary>
internal sealed record AuditFilter
{
    [FromQuery(Name = "event"), Description("The name of an event, or the beginning of names with a star: user.*")]
    public string? Event { get; init; }

    [FromQuery(Name = "actor"), Description("Who did it: a user's id or e-mail address, a client id, or cli.")]
    public string? Actor { get; init; }

    [FromQuery(Name = "subject"), Description("Whom or what it was done to: a user's id or e-mail address, or another id.")]
    public string? Subject { get; init; }

    [FromQuery(Name = "client_id"), Description("The client it concerns.")]
    public string? ClientId { get; init; }

    [FromQuery(Name = "from"), Description("Not before this time.")]
    public DateTimeOffset? From { get; init; }

    [FromQuery(Name = "to"), Description("Before this time.")]
    public DateTimeOffset? To { get; init; }
}

/// <summary>A record with the names of those it speaks of, as they are today.</summary>
internal sealed record AuditView(
    Guid Id, DateTime At, string Event, string? Actor, string? ActorName, string? Subject, string? SubjectName, string? ClientId, string? ClientName,
    string? Reason, JsonNode? Change, string? Address, string? RequestId, string? ApiKey);

/// <summary>The audit trail, newest first. A page costs three queries, however many records and whoever is in it.</summary>
internal sealed class AuditTrail(AppDbContext database)
{
    private const int Batch = 1000;

    public async Task<Page<AuditView>> FindAsync(AuditFilter filter, Listing listing, CancellationToken cancellation)
    {
        var after = Cursor.Parse(listing.Cursor) is { Value: { } value } cursor && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) ? (at, cursor.Id) : ((DateTime, Guid)?)null;
        var rows = await RowsAsync(await ResolvedAsync(filter, cancellation), after, listing.Take + 1, cancellation);
        var shown = rows.Take(listing.Take).ToList();
        return new(await NamedAsync(shown, cancellation), rows.Count > listing.Take ? new Cursor(shown[^1].At.ToString("O", CultureInfo.InvariantCulture), shown[^1].Id).ToString() : null);
    }

    /// <summary>All that the filter asks for, in batches, so that neither memory nor a long read grows with the answer.</summary>
    public async IAsyncEnumerable<AuditView> StreamAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var resolved = await ResolvedAsync(filter, cancellation);
        for ((DateTime, Guid)? after = null; ;)
        {
            var rows = await RowsAsync(resolved, after, Batch, cancellation);
            foreach (var view in await NamedAsync(rows, cancellation))
            {
                yield return view;
            }

            if (rows.Count < Batch)
            {
                yield break;
            }

            after = (rows[^1].At, rows[^1].Id);
        }
    }

    private Task<List<AuditRecord>> RowsAsync(AuditFilter filter, (DateTime At, Guid Id)? after, int take, CancellationToken cancellation)
    {
        var rows = database.AuditRecords.AsNoTracking();
        if (filter.Event?.Trim() is { Length: > 0 } name)
        {
            var beginning = name.TrimEnd('*');
            rows = name.EndsWith('*') ? rows.Where(row => row.Event.StartsWith(beginning)) : rows.Where(row => row.Event == name);
        }

        rows = filter.Actor is null ? rows : rows.Where(row => row.Actor == filter.Actor);
        rows = filter.Subject is null ? rows : rows.Where(row => row.Subject == filter.Subject);
        rows = string.IsNullOrWhiteSpace(filter.ClientId) ? rows : rows.Where(row => row.ClientId == filter.ClientId.Trim());
        rows = filter.From?.UtcDateTime is not { } from ? rows : rows.Where(row => row.At >= from);
        rows = filter.To?.UtcDateTime is not { } to ? rows : rows.Where(row => row.At < to);
        if (after is { At: var at, Id: var id })
        {
            rows = rows.Where(row => row.At < at || (row.At == at && row.Id < id));
        }

        return rows.OrderByDescending(row => row.At).ThenByDescending(row => row.Id).Take(take).ToListAsync(cancellation);
    }

    // People know addresses, records know ids.
    private async Task<AuditFilter> ResolvedAsync(AuditFilter filter, CancellationToken cancellation) =>
        filter with { Actor = await IdOfAsync(filter.Actor, cancellation), Subject = await IdOfAsync(filter.Subject, cancellation) };

    private async Task<string?> IdOfAsync(string? text, CancellationToken cancellation)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var normalized = text.ToUpperInvariant();
        return text.Contains('@', StringComparison.Ordinal) && await database.Users.Where(user => user.NormalizedEmail == normalized).Select(user => (Guid?)user.Id).FirstOrDefaultAsync(cancellation) is { } id
            ? id.ToString() : text;
    }

    private async Task<IReadOnlyList<AuditView>> NamedAsync(IReadOnlyList<AuditRecord> rows, CancellationToken cancellation)
    {
        var ids = rows.SelectMany(row => new[] { row.Actor, row.Subject }).Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct().ToList();
        var users = await database.Users.AsNoTracking().Where(user => ids.Contains(user.Id)).ToDictionaryAsync(user => user.Id.ToString(), user => user.FullName ?? user.Email ?? user.UserName, cancellation);
        var clientIds = rows.Select(row => row.ClientId).OfType<string>().Distinct().ToList();
        var clients = await database.Clients.Where(client => clientIds.Contains(client.ClientId!)).Select(client => new { client.ClientId, client.DisplayName }).ToDictionaryAsync(client => client.ClientId!, client => client.DisplayName, cancellation);
        return [.. rows.Select(row => new AuditView(
            row.Id, DateTime.SpecifyKind(row.At, DateTimeKind.Utc), row.Event, row.Actor, users.GetValueOrDefault(row.Actor ?? ""), row.Subject, users.GetValueOrDefault(row.Subject ?? ""),
            row.ClientId, clients.GetValueOrDefault(row.ClientId ?? ""), row.Reason, row.Change is null ? null : JsonNode.Parse(row.Change), row.Address, row.RequestId, row.ApiKey))];
    }
}
