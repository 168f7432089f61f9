using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace OidcProvider.Data;

/// <summary>
/// Brings the schema up to date. Idempotent; several nodes may run it at once: an advisory lock orders them on PostgreSQL (EF Core's own lock there
/// ends with each single migration), EF Core's migration lock on SQL Server, a locked file beside the database on SQLite.
/// </summary>
internal sealed class Migrator(AppDbContext database)
{
    public async Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellation = default) =>
        [.. await database.Database.GetPendingMigrationsAsync(cancellation)];

    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellation = default)
    {
        using var guard = database is SqliteDbContext ? await LockFileAsync(cancellation) : null;
        await using var order = database is PostgreSqlDbContext ? await AdvisoryLockAsync(cancellation) : null;
        var pending = await PendingAsync(cancellation);
        if (pending.Count > 0)
        {
            await RefuseForeignAsync(cancellation);
            // With the file lock held, a lock row can only be the remains of a process that was killed while migrating.
            if (database is SqliteDbContext && await TableExistsAsync("__EFMigrationsLock", cancellation))
            {
                await database.Database.ExecuteSqlRawAsync("""DELETE FROM "__EFMigrationsLock";""", cancellation);
            }

            database.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
            try
            {
                await database.Database.MigrateAsync(cancellation);
            }
            catch (DbException) when (!cancellation.IsCancellationRequested && database.Database.CanConnect())
            {
                // Another node made the database at the same moment; the migrations themselves are ordered by EF Core's lock.
                await database.Database.MigrateAsync(cancellation);
            }
        }

        return pending;
    }

    // On top of a schema that is not known nothing can be built.
    private async Task RefuseForeignAsync(CancellationToken cancellation)
    {
        if ((await database.Database.GetAppliedMigrationsAsync(cancellation)).Except(database.Database.GetMigrations()).FirstOrDefault() is { } foreign)
        {
            throw new InvalidOperationException($"The database was made by another version: this one does not know its migration {foreign}. Start the version that made it, or use an empty database.");
        }
    }

    // Held by a connection of its own until that is closed.
    private async Task<NpgsqlConnection> AdvisoryLockAsync(CancellationToken cancellation)
    {
        const long Migrating = 0x6F69_6463_6D69_6772;
        var creator = database.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(cancellation))
        {
            try
            {
                await creator.CreateAsync(cancellation);
            }
            catch (DbException) when (creator.Exists())
            {
                // Another node made it at the same moment.
            }
        }

        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.Database.GetConnectionString()) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT pg_advisory_lock({Migrating})";
        await command.ExecuteNonQueryAsync(cancellation);
        return connection;
    }

    private async Task<bool> TableExistsAsync(string name, CancellationToken cancellation) =>
        await database.Database.SqlQuery<int>($"SELECT COUNT(*) AS Value FROM sqlite_master WHERE type = 'table' AND name = {name}").SingleAsync(cancellation) > 0;

    private async Task<FileStream> LockFileAsync(CancellationToken cancellation)
    {
        var source = new SqliteConnectionStringBuilder(database.Database.GetConnectionString()).DataSource;
        while (true)
        {
            try
            {
                return new FileStream($"{source}.migrating", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (!cancellation.IsCancellationRequested)
            {
                await Task.Delay(50, cancellation);
            }
        }
    }
}
