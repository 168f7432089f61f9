using OidcProvider.Hosting;
using OidcProvider.Jobs;

namespace OidcProvider.Mail;

/// <summary>
/// Owns mail on its way out: the outbox, the job that empties it, the two transports. Leaves to the features what a mail says.
/// </summary>
internal static class MailModule
{
    public static IServiceCollection AddMail(this IServiceCollection services) => services
        .AddValidatedOptions<MailOptions>(MailOptions.Section)
        .AddScoped<Outbox>()
        .AddSingleton<Postman>()
        .AddJob<SendMailJob>(SendMailJob.Schedule);
}
