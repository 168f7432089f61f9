using OidcProvider.Admin.Access;
using OidcProvider.Admin.Api;
using OidcProvider.Audit;
using OidcProvider.Hosting;
using OidcProvider.Jobs;

namespace OidcProvider.Admin.Jobs;

/// <summary>A job that runs now; its run is in the list, without an end until it has one.</summary>
internal sealed record StartedJob(string Name);

/// <summary><c>/api/admin/v1/jobs</c>: when each runs next, how it ran, run it now.</summary>
internal static class JobsApi
{
    private const int Runs = 20;

    public static void Map(RouteGroupBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("Jobs");
        jobs.MapGet("/", async (JobHistory history, CancellationToken cancellation) => ApiJson.Ok(new Page<JobWithRuns>(await history.ListAsync(Runs, cancellation), null)))
            .Needs(Permissions.JobsRead).WithSummary("List the jobs with their schedule, next time and last runs.").Produces<Page<JobWithRuns>>();
        jobs.MapPost("/{name}/run", async (string name, JobDesk desk, AuditLog audit, HttpContext context, CancellationToken cancellation) =>
        {
            if (!await desk.RunAsync(name, cancellation))
            {
                return ApiProblems.Of([new Problem("job_not_found", $"There is no job '{name}'.", "name")]);
            }

            await audit.WriteAsync(AuditEvents.JobStarted, Caller.Of(context.User).Actor, name);
            return ApiJson.Ok(new StartedJob(name), StatusCodes.Status202Accepted);
        }).Needs(Permissions.JobsWrite).WithSummary("Run a job now, beside its schedule.").Produces<StartedJob>(StatusCodes.Status202Accepted);
    }
}
