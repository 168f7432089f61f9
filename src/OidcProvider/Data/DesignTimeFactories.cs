using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace OidcProvider.Data;

// `dotnet ef migrations add NAME --context SqliteDbContext --output-dir Data/Migrations/Sqlite` and so on:
// the tool needs a context without a server around it. The connection strings are never opened. Afterwards
// `dotnet ef dbcontext optimize --context SqliteDbContext --output-dir Data/CompiledModels/Sqlite --namespace OidcProvider.Data.CompiledModels.Sqlite`
// and so on: building the model at each start would be a fifth of it.

internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteDbContext>
{
    public SqliteDbContext CreateDbContext(string[] args) =>
        new(DesignTime.Options<SqliteDbContext>().UseSqlite("Data Source=:memory:").Options);
}

internal sealed class PostgreSqlDesign : IDesignTimeDbContextFactory<PostgreSqlDbContext>
{
    public PostgreSqlDbContext CreateDbContext(string[] args) =>
        new(DesignTime.Options<PostgreSqlDbContext>().UseNpgsql("Host=localhost").Options);
}

internal sealed class SqlServerDesign : IDesignTimeDbContextFactory<SqlServerDbContext>
{
    public SqlServerDbContext CreateDbContext(string[] args) =>
        new(DesignTime.Options<SqlServerDbContext>().UseSqlServer("Server=localhost").Options);
}

internal static class DesignTime
{
    // Identity reads the version of its schema from the application's services.
    public static DbContextOptionsBuilder<TContext> Options<TContext>() where TContext : DbContext =>
        new DbContextOptionsBuilder<TContext>().UseApplicationServiceProvider(new ServiceCollection().Configure<IdentityOptions>(DataModule.UseIdentitySchema).BuildServiceProvider());
}
