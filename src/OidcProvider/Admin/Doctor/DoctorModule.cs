using OidcProvider.Admin.Api;
using OidcProvider.Hosting;

namespace OidcProvider.Admin.Doctor;

/// <summary>What is looked at, in order.</summary>
internal static class DoctorModule
{
    public static IServiceCollection AddDoctor(this IServiceCollection services) => services
        .AddScoped<Checkup>().AddScoped<DatabaseExamination>()
        .AddScoped<IExamination, ClockExamination>()
        .AddScoped<IExamination, KeysExamination>()
        .AddScoped<IExamination, MailExamination>()
        .AddScoped<IExamination, RedisExamination>()
        .AddScoped<IExamination, DiskExamination>()
        .AddScoped<IExamination, CookieExamination>()
        .AddScoped<IExamination, ProxyExamination>()
        .AddScoped<IExamination, TlsExamination>()
        .AddScoped<IExamination, AddressExamination>();
}

/// <summary><c>/api/admin/v1/doctor</c>: what is wrong with the installation, and what to do.</summary>
internal static class DoctorApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/doctor", async (Checkup checkup, CancellationToken cancellation) => ApiJson.Ok(new Page<Finding>(await checkup.LookAsync(cancellation), null)))
        .Needs(Permissions.ConfigurationRead).WithTags("Doctor").WithSummary("Look at settings, database, clock, keys, mail, Redis, disk, cookies, proxy, TLS and the public address; each finding with its fix.").Produces<Page<Finding>>();
}
