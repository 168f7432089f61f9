using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace OidcProvider.Data;

/// <summary>Every persisted row. The derived contexts hold what is particular to one database.</summary>
public abstract class AppDbContext(DbContextOptions options) : IdentityDbContext<User, Role, Guid>(options)
{
    public DbSet<Client> Clients => Set<Client>();

    public DbSet<ClientTrait> ClientTraits => Set<ClientTrait>();

    public DbSet<Scope> Scopes => Set<Scope>();

    public DbSet<Authorization> Authorizations => Set<Authorization>();

    public DbSet<Token> Tokens => Set<Token>();

    public DbSet<Consent> Consents => Set<Consent>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<RevokedAccessToken> RevokedAccessTokens => Set<RevokedAccessToken>();

    public DbSet<Attempt> Attempts => Set<Attempt>();

    public DbSet<AccountGuard> AccountGuards => Set<AccountGuard>();

    public DbSet<Authenticator> Authenticators => Set<Authenticator>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<PendingSignIn> PendingSignIns => Set<PendingSignIn>();

    public DbSet<KnownDevice> KnownDevices => Set<KnownDevice>();

    public DbSet<MailedLink> MailedLinks => Set<MailedLink>();

    public DbSet<OutboxMail> OutboxMails => Set<OutboxMail>();

    public DbSet<Ceremony> Ceremonies => Set<Ceremony>();

    public DbSet<ChangeCount> ChangeCounts => Set<ChangeCount>();

    public DbSet<AuditRecord> AuditRecords => Set<AuditRecord>();

    public DbSet<ClientSecret> ClientSecrets => Set<ClientSecret>();

    public DbSet<ClientUsage> ClientUsages => Set<ClientUsage>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<RefusedRequest> RefusedRequests => Set<RefusedRequest>();

    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    public DbSet<MetricPoint> MetricPoints => Set<MetricPoint>();

    public DbSet<JobRun> JobRuns => Set<JobRun>();

    public DbSet<IdempotentAnswer> IdempotentAnswers => Set<IdempotentAnswer>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.UseOpenIddict<Client, Authorization, Scope, Token, Guid>();

        builder.Entity<User>(user =>
        {
            user.ToTable("Users").HasIndex(row => row.NormalizedEmail).IsUnique();
            user.Property(row => row.NormalizedName).HasMaxLength(410);
            user.Property(row => row.NormalizedFamilyName).HasMaxLength(200);
            // Each order that a list of users may have, with the id that settles ties.
            user.HasIndex(row => new { row.NormalizedName, row.Id });
            user.HasIndex(row => new { row.NormalizedFamilyName, row.Id });
            user.HasIndex(row => new { row.CreatedAt, row.Id });
            user.HasIndex(row => new { row.DisabledAt, row.Id });
            // The list of those whose address is not verified.
            user.HasIndex(row => new { row.EmailConfirmed, row.NormalizedEmail, row.Id });
        });
        builder.Entity<Role>().ToTable("Roles");
        builder.Entity<IdentityUserRole<Guid>>().ToTable("UserRoles").HasIndex(link => new { link.RoleId, link.UserId });
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("UserClaims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("UserLogins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("UserTokens");
        builder.Entity<IdentityRoleClaim<Guid>>().ToTable("RoleClaims");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("UserPasskeys");

        builder.Entity<Client>(client =>
        {
            client.ToTable("Clients");
            client.Property(row => row.ClientId).HasMaxLength(200);
            client.Property(row => row.DisplayName).HasMaxLength(200);
            // Searching reads this index and not the wide rows; the lists of the administration go along the other two.
            client.HasIndex(row => new { row.ClientId, row.DisplayName, row.Id });
            client.HasIndex(row => new { row.DisplayName, row.Id });
            client.HasIndex(row => new { row.CreatedAt, row.Id });
        });
        builder.Entity<ClientTrait>(trait =>
        {
            trait.ToTable("ClientTraits");
            // Who has it, and whether one has it.
            trait.HasKey(row => new { row.Kind, row.Value, row.ClientId });
            trait.HasIndex(row => new { row.ClientId, row.Kind, row.Value });
            trait.HasOne<Client>().WithMany().HasForeignKey(row => row.ClientId).OnDelete(DeleteBehavior.Cascade);
            trait.Property(row => row.Kind).HasMaxLength(20);
            trait.Property(row => row.Value).HasMaxLength(200);
        });
        builder.Entity<Scope>().ToTable("Scopes");
        builder.Entity<Authorization>(authorization =>
        {
            authorization.ToTable("Authorizations");
            // "My grants", revoke by user, revoke by session, prune by age.
            authorization.HasIndex(row => row.Subject);
            authorization.HasIndex(row => row.SessionId);
            authorization.HasIndex(row => row.CreationDate);
            ByClientAlone(authorization);
        });
        builder.Entity<Token>(token =>
        {
            token.ToTable("Tokens");
            // Revoke by user, prune by expiry.
            token.HasIndex(row => row.Subject);
            token.HasIndex(row => row.ExpirationDate);
            ByClientAlone(token);
        });

        builder.Entity<Consent>(consent =>
        {
            consent.HasKey(row => new { row.UserId, row.ClientId });
            consent.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            consent.HasOne<Client>().WithMany().HasForeignKey(row => row.ClientId).OnDelete(DeleteBehavior.Cascade);
            consent.Property(row => row.Scopes).HasMaxLength(4000);
        });
        builder.Entity<Session>(session =>
        {
            session.Property(row => row.HandleHash).HasMaxLength(32);
            session.HasIndex(row => row.HandleHash).IsUnique();
            session.HasIndex(row => row.UserId);
            session.HasIndex(row => row.ExpiresAt);
            session.HasIndex(row => new { row.CreatedAt, row.Id });
            session.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            session.Property(row => row.Amr).HasMaxLength(100);
            session.Property(row => row.Acr).HasMaxLength(100);
            session.Property(row => row.UserAgent).HasMaxLength(300);
            session.Property(row => row.Address).HasMaxLength(64);
        });
        builder.Entity<SigningKey>(key =>
        {
            key.Property(row => row.Id).HasMaxLength(100);
            key.Property(row => row.Use).HasMaxLength(10);
            key.Property(row => row.Algorithm).HasMaxLength(20);
            key.HasIndex(row => new { row.Algorithm, row.Generation }).IsUnique();
        });
        builder.Entity<ChangeCount>(count =>
        {
            count.Property(row => row.Id).ValueGeneratedNever();
            count.HasData(new ChangeCount());
        });
        builder.Entity<RevokedAccessToken>(revoked =>
        {
            revoked.Property(row => row.Id).HasMaxLength(100);
            revoked.HasIndex(row => row.ExpiresAt);
        });
        SignInModel.Build(builder);
        AdminModel.Build(builder);
        builder.Entity<Attempt>(attempt =>
        {
            attempt.Property(row => row.Id).HasMaxLength(60);
            attempt.HasIndex(row => row.WindowEndsAt);
        });
        builder.Entity<DataProtectionKey>().Property(row => row.Id).HasMaxLength(100);
        builder.Entity<AuditRecord>(record =>
        {
            record.Property(row => row.Event).HasMaxLength(60);
            record.Property(row => row.Actor).HasMaxLength(200);
            record.Property(row => row.Subject).HasMaxLength(200);
            record.Property(row => row.ClientId).HasMaxLength(200);
            record.Property(row => row.ApiKey).HasMaxLength(30);
            record.Property(row => row.Reason).HasMaxLength(100);
            record.Property(row => row.Address).HasMaxLength(64);
            record.Property(row => row.RequestId).HasMaxLength(64);
            record.HasIndex(row => row.At);
            record.HasIndex(row => new { row.Subject, row.At });
            record.HasIndex(row => new { row.Event, row.At });
            record.HasIndex(row => new { row.ClientId, row.At });
        });
    }

    /// <summary>What is searched by its beginning is compared code by code, so that a range of the index is exactly a prefix; and what a protocol tells apart by case is told apart.</summary>
    protected static void CompareByCode(ModelBuilder builder, string collation)
    {
        var user = builder.Entity<User>();
        user.Property(row => row.NormalizedEmail).UseCollation(collation);
        user.Property(row => row.NormalizedName).UseCollation(collation);
        user.Property(row => row.NormalizedFamilyName).UseCollation(collation);
        builder.Entity<ClientTrait>().Property(row => row.Value).UseCollation(collation);
    }

    /// <summary>OpenIddict's index over client, status, subject and type answers no question of ours, and each change of a status would have to maintain it.</summary>
    private static void ByClientAlone<T>(EntityTypeBuilder<T> builder) where T : class
    {
        builder.HasIndex("ApplicationId");
        foreach (var index in builder.Metadata.GetIndexes().Where(index => index.Properties is [{ Name: "ApplicationId" }, _, ..]).ToList())
        {
            builder.Metadata.RemoveIndex(index);
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // All times are UTC; SQLite and SQL Server forget it on the way back, PostgreSQL refuses anything else.
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
    }

    /// <summary>Also named by the compiled models.</summary>
    internal sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        value => value.Kind == DateTimeKind.Utc ? value : DateTime.SpecifyKind(value, DateTimeKind.Utc),
        value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
}
