using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;
using OidcProvider.Tokens;

namespace OidcProvider.Admin.Grants;

/// <summary><c>/api/admin/v1/authorizations</c>: what users let apps do, and withdrawing it.</summary>
internal static class GrantsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var grants = api.MapGroup("/authorizations").WithTags("Authorizations");
        grants.MapGet("/", async ([AsParameters] Listing listing, [FromQuery] Guid? user, [FromQuery(Name = "client_id")] string? clientId, GrantDesk desk, CancellationToken cancellation) =>
            ApiJson.Ok((await desk.ListAsync(user, clientId, listing.After(), listing.Take, cancellation)).AsPage(view => view)))
            .Needs(Permissions.GrantsRead).WithSummary("List grants in force, newest first, of everybody, of one user or to one client.").Produces<Page<GrantView>>();
        grants.MapGet("/{id:guid}", async (Guid id, GrantDesk desk, CancellationToken cancellation) => await desk.FindAsync(id, cancellation) is { } view ? ApiJson.Ok(view) : Unknown())
            .Needs(Permissions.GrantsRead).WithSummary("Read a grant.").Produces<GrantView>();
        grants.MapDelete("/{id:guid}", async (Guid id, GrantWithdrawal withdrawal, HttpContext context, CancellationToken cancellation) =>
            await withdrawal.OneAsync(Caller.Of(context.User).Acting, id, cancellation) is { } fault ? ApiProblems.Of([fault]) : Results.NoContent())
            .Needs(Permissions.GrantsWrite).WithSummary("Withdraw one grant with its tokens.").Produces(StatusCodes.Status204NoContent);
        api.MapGet("/users/{id:guid}/apps", async (Guid id, ConnectedApps apps, CancellationToken cancellation) => ApiJson.Ok(new Page<ConnectedApp>(await apps.ListAsync(id, cancellation), null)))
            .Needs(Permissions.GrantsRead).WithTags("Authorizations").WithSummary("List the apps that a user let in.").Produces<Page<ConnectedApp>>();
        api.MapDelete("/users/{id:guid}/apps/{client_id}", async (Guid id, [FromRoute(Name = "client_id")] string clientId, GrantWithdrawal withdrawal, HttpContext context, CancellationToken cancellation) =>
            await withdrawal.AppAsync(Caller.Of(context.User).Acting, id, clientId, cancellation) is { } fault ? ApiProblems.Of([fault]) : Results.NoContent())
            .Needs(Permissions.GrantsWrite).WithTags("Authorizations").WithSummary("Take everything from an app that a user allowed it: consent and tokens.").Produces(StatusCodes.Status204NoContent);
    }

    private static IResult Unknown() => ApiProblems.Of([new Problem(GrantWithdrawal.NotFound, "There is no such grant, or it was withdrawn.")]);
}
