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
public sealed class PostgreSqlDbContext(DbContextOptions<PostgreSqlDbContext> options) : AppDbContext(options);

/// <summary>SQL Server 2019 or later.</summary>
public sealed class SqlServerDbContext(DbContextOptions<SqlServerDbContext> options) : AppDbContext(options);
