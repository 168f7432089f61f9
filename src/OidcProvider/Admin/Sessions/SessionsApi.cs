using Microsoft.AspNetCore.Mvc;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Sessions;

/// <summary><c>/api/admin/v1/sessions</c>: where users are signed in, and ending that.</summary>
internal static class SessionsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions");
        sessions.MapGet("/", async ([AsParameters] Listing listing, [FromQuery] Guid? user, SessionDesk desk, CancellationToken cancellation) =>
            ApiJson.Ok((await desk.ListAsync(user, listing.After(), listing.Take, cancellation)).AsPage(view => view)))
            .Needs(Permissions.SessionsRead).WithSummary("List live sessions, newest first, of everybody or of one user.").Produces<Page<SessionView>>();
        sessions.MapGet("/{id:guid}", async (Guid id, SessionDesk desk, CancellationToken cancellation) =>
            await desk.FindAsync(id, cancellation) is { } view ? ApiJson.Ok(view) : ApiProblems.Of([new Problem(SessionDesk.NotFound, "There is no such session, or it has ended.")]))
            .Needs(Permissions.SessionsRead).WithSummary("Read a live session.").Produces<SessionView>();
        sessions.MapDelete("/{id:guid}", async (Guid id, SessionDesk desk, HttpContext context, CancellationToken cancellation) =>
            await desk.EndAsync(Caller.Of(context.User).Acting, id, cancellation) is { Succeeded: false } refused ? ApiProblems.Of(refused.Problems) : Results.NoContent())
            .Needs(Permissions.SessionsWrite).WithSummary("End a session and what was granted in it. Grants with offline access go on.").Produces(StatusCodes.Status204NoContent);
        api.MapDelete("/users/{id:guid}/sessions", async (Guid id, UserStanding standing, HttpContext context, CancellationToken cancellation) =>
            await standing.SignOutAsync(Caller.Of(context.User).Acting, id, cancellation) is { Succeeded: false } refused ? ApiProblems.Of(refused.Problems) : Results.NoContent())
            .Needs(Permissions.SessionsWrite).WithTags("Sessions").WithSummary("End all sessions and grants of a user, those with offline access too.").Produces(StatusCodes.Status204NoContent);
    }
}
