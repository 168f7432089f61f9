using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace OidcProvider.Data;

/// <summary>
/// A statement of the hot path in plain SQL. It goes past EF Core's query pipeline and change tracker, which cost more than the database does,
/// but through its commands: connection, transaction, time limit, interceptors and logging are those of every other statement. The text is
/// the same for all databases; its parameters are <c>@p0</c>, <c>@p1</c> and so on.
/// </summary>
internal sealed class Statement
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 32).Select(index => $"p{index}")];

    private readonly string _sql;
    private readonly Func<IRelationalTypeMappingSource, IReadOnlyList<RelationalTypeMapping>> _parameters;

    // A server has one kind of database: what the first context made serves all.
    private IRelationalCommandTemplate? _template;

    public Statement(string sql, params Type[] parameters) => (_sql, _parameters) = (sql, mappings => [.. parameters.Select(type => mappings.FindMapping(type)!)]);

    /// <summary>With conversions of one's own.</summary>
    public Statement(string sql, IReadOnlyList<RelationalTypeMapping> parameters) => (_sql, _parameters) = (sql, _ => parameters);

    /// <summary>The first row of the answer, or nothing.</summary>
    public Task<T?> FirstAsync<T>(AppDbContext database, Func<DbDataReader, T> row, params object?[] values) =>
        AskAsync(database, async reader => await reader.ReadAsync() ? row(reader) : default, values);

    /// <summary>Whether there is an answer.</summary>
    public Task<bool> AnyAsync(AppDbContext database, params object?[] values) => AskAsync(database, reader => reader.ReadAsync(), values);

    public async Task<T> AskAsync<T>(AppDbContext database, Func<DbDataReader, Task<T>> read, params object?[] values)
    {
        var (connection, command) = Rent(database);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(Bind(database, connection, values));
            return await read(reader.DbDataReader);
        }
        finally
        {
            connection.ReturnCommand(command);
        }
    }

    /// <summary>How many rows it changed.</summary>
    public async Task<int> RunAsync(AppDbContext database, params object?[] values)
    {
        var (connection, command) = Rent(database);
        try
        {
            return await command.ExecuteNonQueryAsync(Bind(database, connection, values));
        }
        finally
        {
            connection.ReturnCommand(command);
        }
    }

    private static RelationalCommandParameterObject Bind(AppDbContext database, IRelationalConnection connection, object?[] values)
    {
        var named = new Dictionary<string, object?>(values.Length);
        for (var index = 0; index < values.Length; index++)
        {
            named.Add(Names[index], values[index]);
        }

        return new RelationalCommandParameterObject(connection, named, null, database, database.GetService<IRelationalCommandDiagnosticsLogger>());
    }

    private (IRelationalConnection Connection, IRelationalCommand Command) Rent(AppDbContext database)
    {
        var template = _template ??= Template(database);
        var connection = database.GetService<IRelationalConnection>();
        var command = connection.RentCommand();
        command.PopulateFrom(template);
        return (connection, command);
    }

    private IRelationalCommand Template(AppDbContext database)
    {
        var builder = database.GetService<IRelationalCommandBuilderFactory>().Create().Append(_sql);
        foreach (var (index, mapping) in _parameters(database.GetService<IRelationalTypeMappingSource>()).Index())
        {
            builder.AddParameter(Names[index], $"@{Names[index]}", mapping, nullable: true);
        }

        return builder.Build();
    }
}
