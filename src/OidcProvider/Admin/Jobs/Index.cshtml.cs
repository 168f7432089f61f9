using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Audit;
using OidcProvider.Hosting;
using OidcProvider.Jobs;

namespace OidcProvider.Admin.Jobs;

/// <summary>The jobs, their next time, their last runs, and a button to run one now.</summary>
[Authorize(Policy = Permissions.OfPage + Permissions.JobsRead)]
internal sealed class IndexModel(JobHistory history, JobDesk desk, AuditLog audit) : AdminPage
{
    private const int Runs = 10;

    public IReadOnlyList<JobWithRuns> List { get; private set; } = [];

    [BindProperty(SupportsGet = true, Name = "started")]
    public string? Started { get; set; }

    public async Task OnGetAsync(CancellationToken cancellation) => List = await history.ListAsync(Runs, cancellation);

    public async Task<IActionResult> OnPostAsync([FromForm] string? job, CancellationToken cancellation)
    {
        if (!May(Permissions.JobsWrite))
        {
            return NotAllowed();
        }

        List = await history.ListAsync(Runs, cancellation);
        if (!await IsCompleteAsync())
        {
            return Refused();
        }

        if (job is null || !await desk.RunAsync(job, cancellation))
        {
            return Refused(message: "There is no such job.");
        }

        await audit.WriteAsync(AuditEvents.JobStarted, Caller.Actor, job);
        return Redirect($"{Request.PathBase}/admin/jobs{QueryString.Create("started", job)}");
    }
}
