using Microsoft.EntityFrameworkCore;

namespace OidcProvider.Data;

/// <summary>The embedded database: one file, one machine, write-ahead log.</summary>
public sealed class SqliteDbContext : AppDbContext
{
    public SqliteDbContext(DbContextOptions<SqliteDbContext> options) : base(options) =>
        // So that every write takes its turn (SqliteWriters).
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
}

/// <summary>PostgreSQL 14 or later.</summary>
public sealed class PostgreSqlDbContext(DbContextOptions<PostgreSqlDbContext> options) : AppDbContext(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        CompareByCode(builder, "C");
    }
}

/// <summary>SQL Server 2019 or later.</summary>
public sealed class SqlServerDbContext(DbContextOptions<SqlServerDbContext> options) : AppDbContext(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        CompareByCode(builder, "Latin1_General_100_BIN2");
    }
}
