using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Audit;

/// <summary><c>/api/admin/v1/audit</c>: the audit trail in pages, and as a download.</summary>
internal static class AuditApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit trail");
        audit.MapGet("/", async ([AsParameters] AuditFilter filter, [AsParameters] Listing listing, AuditTrail trail, CancellationToken cancellation) =>
            ApiJson.Ok(await trail.FindAsync(filter, listing, cancellation)))
            .Needs(Permissions.AuditRead).WithSummary("List audit records, newest first.").Produces<Page<AuditView>>();
        audit.MapGet("/export", ([AsParameters] AuditFilter filter, [FromQuery, Description("csv (default) or json.")] string? format, AuditTrail trail, CancellationToken cancellation) =>
            AuditExport.Answer(trail.StreamAsync(filter, cancellation), format))
            .Needs(Permissions.AuditRead).WithSummary("Download audit records as CSV or JSON, streamed.").Produces<string>(StatusCodes.Status200OK, "text/csv", "application/json");
    }
}
