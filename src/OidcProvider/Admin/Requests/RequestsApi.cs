using OidcProvider.Admin.Api;
using OidcProvider.Audit;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Requests;

/// <summary><c>/api/admin/v1/requests</c>: why protocol requests were refused in the last 24 hours.</summary>
internal static class RequestsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var requests = api.MapGroup("/requests").WithTags("Refused requests");
        requests.MapGet("/", async ([AsParameters] RequestFilter filter, [AsParameters] Listing listing, RequestList list, CancellationToken cancellation) =>
            ApiJson.Ok(await list.FindAsync(filter, listing, cancellation)))
            .Needs(Permissions.RequestsRead).WithSummary("List the refused requests of the last 24 hours, newest first; q is the beginning of an id.").Produces<Page<RequestSummary>>();
        requests.MapGet("/{id}", async (string id, RefusedRequests refused, CancellationToken cancellation) => await refused.FindAsync(id, cancellation) is { } found
            ? ApiJson.Ok(found) : ApiProblems.Of([RefusedRequests.Unknown]))
            .Needs(Permissions.RequestsRead).WithSummary("Explain a refused request: what came in (secrets redacted), the checks in order, the cause and the fix.").Produces<ExplainedRequest>();
    }
}
