using Quartz;

namespace OidcProvider.Jobs;

/// <summary>
/// Owns the scheduler, the diary of its runs and the desk where one is started by hand. A feature brings its job and names it here by <see cref="AddJob{TJob}"/>. On a shared database the schedule is
/// shared too, so that of several nodes one runs a job; the embedded database has one node and keeps the schedule in memory.
/// </summary>
internal static class JobsModule
{
    public static IServiceCollection AddJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<JobDiary>().AddSingleton<JobDesk>();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.InstanceName = "OidcProvider");
            quartz.AddJobListener(provider => provider.GetRequiredService<JobDiary>(), []);
            var connection = configuration["ConnectionStrings:Database"];
            switch (configuration["Database:Provider"]?.ToUpperInvariant())
            {
                case "POSTGRESQL" when connection is not null:
                    quartz.UsePersistentStore(store =>
                    {
                        store.UsePostgres(connection);
                        store.ProvisionSchema();
                        store.UseClustering();
                    });
                    break;

                case "SQLSERVER" when connection is not null:
                    quartz.UsePersistentStore(store =>
                    {
                        store.UseSqlServer(connection);
                        store.ProvisionSchema();
                        store.UseClustering();
                    });
                    break;

                default:
                    quartz.UseInMemoryStore();
                    break;
            }
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        return services;
    }

    /// <param name="services">The services.</param>
    /// <param name="cron">When it runs, as a Quartz cron expression in UTC.</param>
    public static IServiceCollection AddJob<TJob>(this IServiceCollection services, string cron) where TJob : class, IJob =>
        services.AddQuartz(quartz => quartz.ScheduleJob<TJob>(
            trigger => trigger.WithIdentity(typeof(TJob).Name).WithCronSchedule(cron, schedule => schedule.InTimeZone(TimeZoneInfo.Utc)),
            job => job.WithIdentity(typeof(TJob).Name)));
}
