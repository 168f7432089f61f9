using OidcProvider.Hosting;
using OidcProvider.Jobs;

namespace OidcProvider.Audit;

/// <summary>
/// Owns what is remembered of the past and for how long: the audit trail (names of events, the log they are appended to), the refused requests of
/// the last day, and the job that forgets. Leaves to <c>Admin</c> how it is shown.
/// </summary>
internal static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddValidatedOptions<AuditOptions>(AuditOptions.Section)
        .AddScoped<AuditLog>().AddScoped<RefusedRequests>().AddScoped<History>()
        .AddJob<PruneHistoryJob>(PruneHistoryJob.Schedule);
}
