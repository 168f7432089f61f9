using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OidcProvider.Data;

/// <summary>
/// Write-ahead log so that readers never wait, full sync so that what was acknowledged survives a power cut. Said once to each native
/// connection: the pool hands the same one out again with what it was told.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    private const string Pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON;";

    private readonly ConditionalWeakTable<object, object> _told = [];

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (!IsNew(connection))
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = For(connection);
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (!IsNew(connection))
        {
            return;
        }

        await using var command = connection.CreateCommand();
        command.CommandText = For(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private bool IsNew(DbConnection connection) => ((SqliteConnection)connection).Handle is not { } handle || _told.TryAdd(handle, handle);

    // EF Core looks for the file with a connection that may not write; switching the journal there would fail.
    private static string For(DbConnection connection) =>
        new SqliteConnectionStringBuilder(connection.ConnectionString).Mode == SqliteOpenMode.ReadOnly ? "PRAGMA busy_timeout=5000;" : Pragmas;
}

/// <summary>
/// SQLite has one writer at a time. Those of this process queue here, in order and without a thread; left to SQLite they would poll
/// for the lock, each holding a thread, and the unlucky would wait longest. Other processes still meet its own lock.
/// </summary>
internal sealed class SqliteWriters : DbCommandInterceptor, IDbTransactionInterceptor, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    // Who has the turn: a connection with a transaction, or a command without one.
    private volatile object? _holder;

    public InterceptionResult<DbTransaction> TransactionStarting(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        _turn.Wait();
        _holder = eventData.ConnectionId;
        return result;
    }

    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        _holder = eventData.ConnectionId;
        return result;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Release(eventData.ConnectionId);

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Released(eventData.ConnectionId);

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Release(eventData.ConnectionId);

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Released(eventData.ConnectionId);

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        if (command.Transaction is null)
        {
            _turn.Wait();
            _holder = eventData.CommandId;
        }

        return result;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (command.Transaction is null)
        {
            await _turn.WaitAsync(cancellationToken);
            _holder = eventData.CommandId;
        }

        return result;
    }

    public override int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        Release(eventData.CommandId);
        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Release(eventData.CommandId);
        return new(result);
    }

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Release(eventData.CommandId);

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default) => Released(eventData.CommandId);

    public override void CommandCanceled(DbCommand command, CommandEndEventData eventData) => Release(eventData.CommandId);

    public override Task CommandCanceledAsync(DbCommand command, CommandEndEventData eventData, CancellationToken cancellationToken = default) => Released(eventData.CommandId);

    public void Dispose() => _turn.Dispose();

    private Task Released(Guid holder)
    {
        Release(holder);
        return Task.CompletedTask;
    }

    /// <summary>Gives the turn on, if it is held by this connection or command. Only the holder can match: nobody else has been given it since.</summary>
    public void Release(Guid holder)
    {
        if (_holder is Guid current && current == holder)
        {
            _holder = null;
            _turn.Release();
        }
    }
}
