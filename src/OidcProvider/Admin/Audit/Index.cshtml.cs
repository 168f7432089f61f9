using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Api;
using OidcProvider.Audit;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Audit;

/// <summary>The audit trail: who did what to whom, filtered, page by page, with what was changed; and as a download.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.AuditRead)]
internal sealed class IndexModel(AuditTrail trail) : AdminPage
{
    /// <summary>Names for the filter's suggestions.</summary>
    public static readonly IReadOnlyList<string> Events =
        [.. typeof(AuditEvents).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal)];

    [BindProperty(SupportsGet = true, Name = "event")]
    public string? Event { get; set; }

    [BindProperty(SupportsGet = true, Name = "actor")]
    public string? Actor { get; set; }

    [BindProperty(SupportsGet = true, Name = "subject")]
    public string? Subject { get; set; }

    [BindProperty(SupportsGet = true, Name = "client_id")]
    public string? ClientId { get; set; }

    [BindProperty(SupportsGet = true, Name = "from")]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true, Name = "to")]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    public Page<AuditView> List { get; private set; } = new([], null);

    public bool Filtered => Fields.Any(pair => !string.IsNullOrWhiteSpace(pair.Value));

    private KeyValuePair<string, string?>[] Fields => [new("event", Event), new("actor", Actor), new("subject", Subject), new("client_id", ClientId), new("from", From), new("to", To)];

    /// <summary>This page's address with the filter kept and something added.</summary>
    public string Address(params (string Name, string? Value)[] more) =>
        $"{Request.PathBase}/admin/audit{QueryString.Create(Fields.Concat(more.Select(pair => new KeyValuePair<string, string?>(pair.Name, pair.Value))).Where(pair => !string.IsNullOrWhiteSpace(pair.Value)))}";

    public async Task OnGetAsync(CancellationToken cancellation) => List = await trail.FindAsync(Filter(), new Listing { Cursor = Cursor }, cancellation);

    public async Task<IActionResult> OnGetExportAsync(string? format, CancellationToken cancellation)
    {
        await AuditExport.Answer(trail.StreamAsync(Filter(), cancellation), format).ExecuteAsync(HttpContext);
        return new EmptyResult();
    }

    private AuditFilter Filter() => new() { Event = Event, Actor = Actor, Subject = Subject, ClientId = ClientId, From = Time(From), To = Time(To) };

    // What a datetime-local field sends has no zone; the page says UTC.
    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
