using Microsoft.EntityFrameworkCore;

namespace OidcProvider.Data;

/// <summary>The embedded database: one file, one machine, write-ahead log.</summary>
public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : AppDbContext(options);

/// <summary>PostgreSQL 14 or later.</summary>
public sealed class PostgreSqlDbContext(DbContextOptions<PostgreSqlDbContext> options) : AppDbContext(options);

/// <summary>SQL Server 2019 or later.</summary>
public sealed class SqlServerDbContext(DbContextOptions<SqlServerDbContext> options) : AppDbContext(options);
