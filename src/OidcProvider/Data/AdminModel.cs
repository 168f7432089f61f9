using Microsoft.EntityFrameworkCore;

namespace OidcProvider.Data;

/// <summary>Keys, lengths and indexes of the rows that administration needs.</summary>
internal static class AdminModel
{
    public static void Build(ModelBuilder builder)
    {
        builder.Entity<ClientSecret>(secret =>
        {
            secret.ToTable("ClientSecrets");
            secret.HasOne<Client>().WithMany().HasForeignKey(row => row.ClientId).OnDelete(DeleteBehavior.Cascade);
            secret.Property(row => row.Hash).HasMaxLength(200);
            secret.Property(row => row.Description).HasMaxLength(200);
        });
        builder.Entity<ClientUsage>(usage =>
        {
            usage.ToTable("ClientUsages");
            usage.HasKey(row => new { row.ClientId, row.Kind, row.Value });
            usage.HasOne<Client>().WithMany().HasForeignKey(row => row.ClientId).OnDelete(DeleteBehavior.Cascade);
            usage.Property(row => row.Kind).HasMaxLength(30);
            usage.Property(row => row.Value).HasMaxLength(300);
        });
        builder.Entity<ApiKey>(key =>
        {
            key.ToTable("ApiKeys");
            key.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            key.Property(row => row.Prefix).HasMaxLength(30);
            key.HasIndex(row => row.Prefix).IsUnique();
            key.Property(row => row.Hash).HasMaxLength(32);
            key.Property(row => row.Name).HasMaxLength(200);
            key.Property(row => row.Scopes).HasMaxLength(4000);
            key.Property(row => row.CreatedBy).HasMaxLength(200);
        });
        builder.Entity<RefusedRequest>(request =>
        {
            request.ToTable("RefusedRequests");
            request.Property(row => row.Id).HasMaxLength(64);
            request.Property(row => row.Endpoint).HasMaxLength(40);
            request.Property(row => row.ClientId).HasMaxLength(200);
            request.Property(row => row.Error).HasMaxLength(60);
            request.HasIndex(row => row.At);
            request.HasIndex(row => new { row.ClientId, row.At });
        });
        builder.Entity<Webhook>(webhook =>
        {
            webhook.ToTable("Webhooks");
            webhook.Property(row => row.Url).HasMaxLength(2000);
            webhook.Property(row => row.Description).HasMaxLength(200);
            webhook.Property(row => row.SealedSecret).HasMaxLength(200);
            webhook.Property(row => row.SealedPreviousSecret).HasMaxLength(200);
            webhook.Property(row => row.DisabledReason).HasMaxLength(100);
            webhook.Property(row => row.Events).HasMaxLength(2000);
            webhook.Property(row => row.Version).HasMaxLength(40).IsConcurrencyToken();
        });
        builder.Entity<WebhookDelivery>(delivery =>
        {
            delivery.ToTable("WebhookDeliveries");
            // No foreign key: a node that has not seen yet that a webhook is gone must not fail at what it is doing.
            delivery.HasIndex(row => new { row.WebhookId, row.CreatedAt });
            delivery.Property(row => row.Event).HasMaxLength(60);
            delivery.Property(row => row.LastError).HasMaxLength(500);
            delivery.HasIndex(row => new { row.DeliveredAt, row.NextTryAt });
            delivery.HasIndex(row => row.CreatedAt);
        });
        builder.Entity<MetricPoint>(point =>
        {
            point.ToTable("MetricPoints");
            point.HasKey(row => new { row.At, row.Name, row.Node });
            point.Property(row => row.Name).HasMaxLength(100);
            point.Property(row => row.Node).HasMaxLength(100);
            point.Property(row => row.Histogram).HasMaxLength(1000);
        });
        builder.Entity<JobRun>(run =>
        {
            run.ToTable("JobRuns");
            run.Property(row => row.Job).HasMaxLength(100);
            run.Property(row => row.Node).HasMaxLength(100);
            run.Property(row => row.Outcome).HasMaxLength(1000);
            run.HasIndex(row => new { row.Job, row.StartedAt });
            run.HasIndex(row => row.StartedAt);
        });
        builder.Entity<IdempotentAnswer>(answer =>
        {
            answer.ToTable("IdempotentAnswers");
            answer.Property(row => row.Id).HasMaxLength(64);
            answer.Property(row => row.RequestHash).HasMaxLength(64);
            answer.HasIndex(row => row.ExpiresAt);
        });
    }
}
