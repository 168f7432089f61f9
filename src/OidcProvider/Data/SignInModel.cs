using Microsoft.EntityFrameworkCore;

namespace OidcProvider.Data;

/// <summary>Keys, lengths and indexes of the rows that signing in needs.</summary>
internal static class SignInModel
{
    public static void Build(ModelBuilder builder)
    {
        builder.Entity<AccountGuard>(guard =>
        {
            guard.HasKey(row => row.UserId);
            guard.HasIndex(row => new { row.LockedUntil, row.UserId });
            guard.HasOne<User>().WithOne().HasForeignKey<AccountGuard>(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<Authenticator>(authenticator =>
        {
            authenticator.HasKey(row => row.UserId);
            authenticator.HasOne<User>().WithOne().HasForeignKey<Authenticator>(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            authenticator.Property(row => row.SealedSecret).HasMaxLength(200);
        });
        builder.Entity<RecoveryCode>(code =>
        {
            code.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            code.Property(row => row.Hash).HasMaxLength(200);
        });
        builder.Entity<PendingSignIn>(pending =>
        {
            pending.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            pending.Property(row => row.HandleHash).HasMaxLength(32);
            pending.HasIndex(row => row.HandleHash).IsUnique();
            pending.HasIndex(row => row.ExpiresAt);
            pending.Property(row => row.Amr).HasMaxLength(100);
        });
        builder.Entity<KnownDevice>(device =>
        {
            device.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            device.Property(row => row.HandleHash).HasMaxLength(32);
            device.HasIndex(row => row.HandleHash);
            device.HasIndex(row => row.LastSeenAt);
            device.Property(row => row.UserAgent).HasMaxLength(300);
        });
        builder.Entity<MailedLink>(link =>
        {
            link.Property(row => row.Id).HasMaxLength(32);
            link.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
            link.Property(row => row.Purpose).HasMaxLength(20);
            link.HasIndex(row => row.ExpiresAt);
        });
        builder.Entity<OutboxMail>(mail =>
        {
            mail.ToTable("OutboxMails");
            mail.Property(row => row.Recipient).HasMaxLength(256);
            mail.Property(row => row.Subject).HasMaxLength(200);
            mail.Property(row => row.LastError).HasMaxLength(500);
            mail.HasIndex(row => new { row.SentAt, row.NextTryAt });
        });
        builder.Entity<Ceremony>(ceremony =>
        {
            ceremony.Property(row => row.Id).HasMaxLength(32);
            ceremony.Property(row => row.Kind).HasMaxLength(20);
            ceremony.HasIndex(row => row.ExpiresAt);
        });
    }
}
