using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Admin.Access;
using OidcProvider.Admin.Charts;
using OidcProvider.Admin.Dashboard;
using OidcProvider.Admin.Jobs;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Keys;

namespace OidcProvider.Admin;

/// <summary>
/// The first page of the administration: how much there is of everything and how the last day went. Open to whoever administers anything;
/// each sees the part that their role is about.
/// </summary>
[Authorize(Policy = Permissions.OfPage + PermissionRequirement.Any)]
internal sealed class IndexModel(AppDbContext database, DashboardData data, KeyDesk keys, JobHistory jobs, IOptions<KeysOptions> rotation, TimeProvider time) : AdminPage
{
    public IReadOnlyList<(string Name, int Count)> Counts { get; private set; } = [];

    public IReadOnlyList<Chart> Charts { get; private set; } = [];

    /// <summary>Refusals of the last day that were not kept; null for who does not look at refusals.</summary>
    public long? NotKept { get; private set; }

    public OutboxState? Outbox { get; private set; }

    public IReadOnlyList<JobWithRuns> JobRuns { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Counts =
        [
            ("Clients", await database.Clients.CountAsync(cancellation)),
            ("Users", await database.Users.CountAsync(cancellation)),
        ];
        List<Chart> charts = [];
        if (May(Permissions.UsersRead))
        {
            charts.Add(await data.SignInsAsync(cancellation));
        }

        if (May(Permissions.ClientsRead))
        {
            charts.Add(await data.TokensAsync(cancellation));
            charts.Add(await data.LatencyAsync(cancellation));
        }

        if (May(Permissions.RequestsRead))
        {
            charts.Add(await data.RefusedAsync(cancellation));
            NotKept = await data.NotKeptAsync(cancellation);
        }

        if (May(Permissions.KeysRead))
        {
            charts.Add(KeyAges.Of(await keys.ListAsync(cancellation), time.GetUtcNow().UtcDateTime, rotation.Value.RotateAfter));
        }

        Charts = charts;

        if (May(Permissions.JobsRead))
        {
            Outbox = await data.OutboxAsync(cancellation);
            JobRuns = await jobs.ListAsync(1, cancellation);
        }
    }
}
