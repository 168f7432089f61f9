using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace OidcProvider.Data;

/// <summary>
/// Writes a row by one INSERT that is put together once from the model, with the model's own conversions, past the change tracker, which
/// on the hot path costs more than the database.
/// </summary>
internal sealed class PlainInsert
{
    private static readonly ConditionalWeakTable<IModel, ConcurrentDictionary<Type, PlainInsert>> Made = [];

    private readonly IReadOnlyList<(IProperty Property, RelationalTypeMapping Mapping, string Parameter)> _columns;
    private readonly string _sql;

    private PlainInsert(IEntityType type, ISqlGenerationHelper sql)
    {
        var table = StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema());
        _columns = [.. type.GetProperties().Select((property, index) => (property, property.GetRelationalTypeMapping(), sql.GenerateParameterName($"p{index}")))];
        var names = string.Join(", ", _columns.Select(column => sql.DelimitIdentifier(column.Property.GetColumnName(table)!)));
        _sql = $"INSERT INTO {sql.DelimitIdentifier(table.Name, table.Schema)} ({names}) VALUES ({string.Join(", ", _columns.Select(column => column.Parameter))})";
    }

    public static Task WriteAsync<T>(AppDbContext database, T row) where T : class
    {
        var insert = Made.GetOrCreateValue(database.Model).GetOrAdd(typeof(T), static (type, context) =>
            new PlainInsert(context.Model.FindEntityType(type)!, context.GetService<ISqlGenerationHelper>()), database);
        using var factory = database.Database.GetDbConnection().CreateCommand();
        return database.Database.ExecuteSqlRawAsync(insert._sql, insert._columns.Select(column =>
            column.Mapping.CreateParameter(factory, column.Parameter, column.Property.GetGetter().GetClrValue(row), column.Property.IsNullable)));
    }
}
