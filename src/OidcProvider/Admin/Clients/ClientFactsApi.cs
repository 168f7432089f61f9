using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Clients;
using OidcProvider.Clients.Grading;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Clients;

/// <summary>What is known of a client beside its metadata: its use, its grade, what lives on it; and changes to many at once.</summary>
internal static class ClientFactsApi
{
    public static void Map(RouteGroupBuilder clients)
    {
        clients.MapPost("/bulk", BulkAsync).Needs(Permissions.ClientsWrite).WithName("changeClients")
            .WithSummary("Enable, disable or delete many clients.").WithDescription("Each for itself: the answer says what became of each.").Produces<BulkOutcome>().ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        clients.MapGet("/{clientId}/usage", async (string clientId, ClientRegistry registry, ClientCatalog catalog, CancellationToken cancellation) =>
            await registry.FindAsync(PathId.Of(clientId), cancellation) is { } client
                ? ApiJson.Ok(new Page<UsageView>([.. (await catalog.UsageAsync(client.Id, cancellation)).Select(use => new UsageView(use.Kind, use.Value, use.Count, use.FirstAt, use.LastAt))], null))
                : NotFound(clientId))
            .Needs(Permissions.ClientsRead).WithName("getClientUsage").WithSummary("What a client really used: grants, redirect URIs, PKCE, scopes, secrets.").Produces<Page<UsageView>>().ProducesProblem(StatusCodes.Status404NotFound);
        clients.MapGet("/{clientId}/grade", async (string clientId, ClientRegistry registry, ClientCatalog catalog, TimeProvider time, CancellationToken cancellation) =>
            await registry.FindAsync(PathId.Of(clientId), cancellation) is { } client
                ? ApiJson.Ok(ClientGrade.Of(client, await catalog.UsageAsync(client.Id, cancellation), time.GetUtcNow().UtcDateTime))
                : NotFound(clientId))
            .Needs(Permissions.ClientsRead).WithName("getClientGrade").WithSummary("How good a client is, by each rule set that is for it.").WithDescription("A finding that can be fixed without breaking what the client does carries the merge patch that fixes it.").Produces<ClientGrade>().ProducesProblem(StatusCodes.Status404NotFound);
        clients.MapGet("/{clientId}/impact", async (string clientId, ClientRegistry registry, AppDbContext database, TimeProvider time, CancellationToken cancellation) =>
            await registry.FindAsync(PathId.Of(clientId), cancellation) is { } client
                ? ApiJson.Ok(await ClientImpact.OfAsync(database, [client.Id], time.GetUtcNow().UtcDateTime, cancellation))
                : NotFound(clientId))
            .Needs(Permissions.ClientsRead).WithName("getClientImpact").WithSummary("What would break if the client were disabled or removed now.").Produces<ClientImpact>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> BulkAsync(Body<BulkChange> body, ClientBulk bulk, HttpContext context, CancellationToken cancellation)
    {
        if (!body.Content.Succeeded)
        {
            return ApiProblems.Of(body.Content.Problems);
        }

        var change = body.Content.Value;
        if (!ClientBulk.Knows(change.Action))
        {
            return ApiProblems.Of([new Problem("invalid_action", "must be enable, disable or delete", "action")]);
        }

        return change.ClientIds.Count is 0 or > ClientBulk.Most
            ? ApiProblems.Of([new Problem("invalid_list", $"must name 1 to {ClientBulk.Most} clients", "client_ids")])
            : ApiJson.Ok(new BulkOutcome(await bulk.RunAsync(change.Action, change.ClientIds, Caller.Of(context.User).Editor, cancellation)));
    }

    private static IResult NotFound(string clientId) => ApiProblems.Of([ClientRegistry.Unknown(PathId.Of(clientId))]);
}
