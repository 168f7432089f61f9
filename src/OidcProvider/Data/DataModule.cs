using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using OidcProvider.Hosting;

namespace OidcProvider.Data;

/// <summary>
/// Owns the database: provider switch, every row, migrations per provider, the <c>migrate</c> step.
/// Leaves to the features what the rows mean.
/// </summary>
internal static class DataModule
{
    /// <summary>Version 3 of Identity's schema is the one with passkeys.</summary>
    public static void UseIdentitySchema(IdentityOptions options) => options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;

    public static IServiceCollection AddData(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<DatabaseOptions>(DatabaseOptions.Section);
        services.Configure<IdentityOptions>(UseIdentitySchema);
        services.AddSingleton<IStartupCheck, ConnectionStringCheck>();
        services.AddSingleton<SqlitePragmas>().AddSingleton<SqliteWriters>().AddSingleton<SqliteStatements>();
        services.AddScoped<Migrator>().AddSingleton<UserLookup>();
        services.AddHostedService<ChangeWatch>();
        DataProtectionStore.Add(services);
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database");

        // The provider decides which services exist, so it is read here; a bad value is reported by the options check.
        _ = Enum.TryParse<DatabaseProvider>(configuration["Database:Provider"], ignoreCase: true, out var provider);
        return provider switch
        {
            DatabaseProvider.PostgreSql => services.AddDbContextPool<AppDbContext, PostgreSqlDbContext>((sp, options) =>
                options.UseNpgsql(ConnectionString(sp), npgsql => npgsql.CommandTimeout(Timeout(sp))).Common()),
            DatabaseProvider.SqlServer => services.AddDbContextPool<AppDbContext, SqlServerDbContext>((sp, options) =>
                options.UseSqlServer(ConnectionString(sp), server => server.CommandTimeout(Timeout(sp))).Common()),
            _ => services.AddDbContextPool<AppDbContext, SqliteDbContext>((sp, options) =>
                options.UseSqlite(Prepared(ConnectionString(sp)), sqlite => sqlite.CommandTimeout(Timeout(sp))).UseKeptStatements(sp).Common(),
                // Each keeps its connection with a page cache of 2 MB; what comes beyond these is closed again.
                poolSize: 64),
        };
    }

    /// <summary>What holds for every context.</summary>
    private static DbContextOptionsBuilder Common(this DbContextOptionsBuilder options) => options
        // A failed command or connection is reported once, by whoever handles the exception.
        .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.CommandError, RelationalEventId.ConnectionError));

    private static int Timeout(IServiceProvider services) => services.GetRequiredService<IOptions<DatabaseOptions>>().Value.CommandTimeout;

    private static string ConnectionString(IServiceProvider services)
    {
        var text = services.GetRequiredService<IConfiguration>()[DatabaseOptions.ConnectionStringKey];
        return string.IsNullOrWhiteSpace(text) ? DatabaseOptions.EmbeddedConnectionString : text;
    }

    private static string Prepared(string connectionString)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource));
        PrivateFile.EnsureFolder(folder!);
        return connectionString;
    }

    private sealed class ConnectionStringCheck(IConfiguration configuration) : IStartupCheck
    {
        public IEnumerable<string> Faults()
        {
            var provider = configuration["Database:Provider"];
            var embedded = string.IsNullOrEmpty(provider) || string.Equals(provider, nameof(DatabaseProvider.Sqlite), StringComparison.OrdinalIgnoreCase);
            if (!embedded && string.IsNullOrWhiteSpace(configuration[DatabaseOptions.ConnectionStringKey]))
            {
                yield return $"{DatabaseOptions.ConnectionStringKey}: required when Database:Provider is {provider}";
            }
        }
    }
}
