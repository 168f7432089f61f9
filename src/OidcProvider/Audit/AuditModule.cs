using OidcProvider.Data;

namespace OidcProvider.Audit;

/// <summary>Owns the audit trail: the names of events and the log they are appended to. Pages and export come with administration.</summary>
internal static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddScoped<AuditLog>().AddSingleton<WebhookOutbox>().AddSingleton<IHeldInMemory>(provider => provider.GetRequiredService<WebhookOutbox>());
}
