using OidcProvider.Admin.Doctor;

namespace OidcProvider.Admin;

/// <summary>
/// What operators look at when something is odd: refused requests, audit trail, jobs, the dashboard's counts, keys, settings in force, the doctor.
/// </summary>
internal static class OperationsModule
{
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddScoped<Requests.RequestList>().AddScoped<Audit.AuditTrail>().AddScoped<Jobs.JobHistory>()
        .AddScoped<Dashboard.DashboardData>().AddScoped<Keys.RevocationImpact>().AddSingleton<Settings.SettingsInForce>()
        .AddDoctor()
        .AddHostedService<Jobs.JobRunWriter>().AddHostedService<Dashboard.MetricWriter>();

    public static void Map(RouteGroupBuilder api)
    {
        Requests.RequestsApi.Map(api);
        Audit.AuditApi.Map(api);
        Jobs.JobsApi.Map(api);
        Settings.SettingsApi.Map(api);
        DoctorApi.Map(api);
    }
}
