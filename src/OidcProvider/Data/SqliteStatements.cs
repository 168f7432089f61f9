using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace OidcProvider.Data;

// Only EF Core's own class decides when a connection is closed; there is no public way to keep it.
#pragma warning disable EF1001

/// <summary>How contexts of the embedded database run their statements.</summary>
internal static class SqliteStatementsExtensions
{
    /// <summary>In this order: a statement runs when the writer has its turn.</summary>
    public static DbContextOptionsBuilder UseKeptStatements(this DbContextOptionsBuilder options, IServiceProvider services) =>
        options.AddInterceptors(services.GetRequiredService<SqlitePragmas>(), services.GetRequiredService<SqliteWriters>(), services.GetRequiredService<SqliteStatements>())
            .ReplaceService<ISqliteRelationalConnection, KeptSqliteConnection>();
}

/// <summary>
/// A connection that stays open as long as its pooled context lives. EF Core closes it after each statement, which for an embedded database
/// costs as much as the statement: functions are registered anew, and nothing prepared can be kept (<see cref="SqliteStatements"/>).
/// </summary>
internal sealed class KeptSqliteConnection(
    RelationalConnectionDependencies dependencies, IRawSqlCommandBuilder sql, IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger)
    : SqliteRelationalConnection(dependencies, sql, logger)
{
    private readonly SqliteWriters? _writers = dependencies.ContextOptions.FindExtension<CoreOptionsExtension>()?.Interceptors?.OfType<SqliteWriters>().Single();

    public override bool Close() => LetGo(base.Close());

    public override async Task<bool> CloseAsync() => LetGo(await base.CloseAsync());

    protected override DbTransaction ConnectionBeginTransaction(IsolationLevel isolationLevel)
    {
        try
        {
            return base.ConnectionBeginTransaction(isolationLevel);
        }
        catch
        {
            _writers?.Release(ConnectionId);
            throw;
        }
    }

    protected override async ValueTask<DbTransaction> ConnectionBeginTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.ConnectionBeginTransactionAsync(isolationLevel, cancellationToken);
        }
        catch
        {
            // Another process kept the database too long: the next writer of this one must have its turn.
            _writers?.Release(ConnectionId);
            throw;
        }
    }

    protected override void CloseDbConnection()
    {
    }

    protected override Task CloseDbConnectionAsync() => Task.CompletedTask;

    // However a transaction ended: it closes the connection, and without one this does not hold the writers' turn.
    private bool LetGo(bool result)
    {
        if (CurrentTransaction is null)
        {
            _writers?.Release(ConnectionId);
        }

        return result;
    }
}

#pragma warning restore EF1001

/// <summary>
/// Runs each statement by the one prepared for it on the same connection. SQLite's parser and planner take longer than most of our
/// statements do, and its ADO.NET provider asks them anew for every command.
/// </summary>
internal sealed class SqliteStatements : DbCommandInterceptor
{
    // Lists with many filters make many texts; the hot path needs some twenty.
    private const int Capacity = 64;

    private static readonly string[] Kept = ["SELECT", "INSERT", "UPDATE", "DELETE"];

    private readonly ConditionalWeakTable<SqliteConnection, Dictionary<string, PreparedCommand>> _prepared = [];

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result) =>
        Run(command, result, static prepared => prepared.ExecuteReader());

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        new(ReaderExecuting(command, eventData, result));

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) =>
        Run(command, result, static prepared => prepared.ExecuteAndForget());

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        new(NonQueryExecuting(command, eventData, result));

    private InterceptionResult<T> Run<T>(DbCommand command, InterceptionResult<T> result, Func<PreparedCommand, T> run)
    {
        if (result.HasResult || Find((SqliteCommand)command) is not { } prepared)
        {
            return result;
        }

        try
        {
            return InterceptionResult<T>.SuppressWithResult(run(prepared));
        }
        catch
        {
            // Whatever it was, the next one starts afresh.
            _prepared.GetOrCreateValue(prepared.Connection!).Remove(command.CommandText);
            prepared.Dispose();
            throw;
        }
    }

    private PreparedCommand? Find(SqliteCommand command)
    {
        if (command.Connection is not { } connection)
        {
            return null;
        }

        var known = _prepared.GetOrCreateValue(connection);
        if (!known.TryGetValue(command.CommandText, out var prepared))
        {
            if (!Array.Exists(Kept, verb => command.CommandText.StartsWith(verb, StringComparison.Ordinal)))
            {
                return null;
            }

            Trim(known);
            known.Add(command.CommandText, prepared = new PreparedCommand(command.CommandText, connection));
        }
        else if (prepared.IsBusy)
        {
            // The same question within the answer to the first.
            return null;
        }

        prepared.Take(command);
        return prepared;
    }

    private static void Trim(Dictionary<string, PreparedCommand> known)
    {
        if (known.Count < Capacity)
        {
            return;
        }

        foreach (var (text, prepared) in known.Where(entry => !entry.Value.IsBusy).ToList())
        {
            known.Remove(text);
            prepared.Dispose();
        }
    }

    private sealed class PreparedCommand(string text, SqliteConnection connection) : SqliteCommand(text, connection)
    {
        public bool IsBusy => DataReader is not null;

        public int ExecuteAndForget()
        {
            var rows = ExecuteNonQuery();
            // What was written is not kept until the next time.
            Parameters.Clear();
            return rows;
        }

        public void Take(SqliteCommand command)
        {
            Transaction = command.Transaction;
            CommandTimeout = command.CommandTimeout;
            Parameters.Clear();
            foreach (SqliteParameter parameter in command.Parameters)
            {
                Parameters.Add(parameter);
            }
        }
    }
}
