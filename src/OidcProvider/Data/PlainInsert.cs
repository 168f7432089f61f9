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

    private readonly IReadOnlyList<IProperty> _columns;
    private readonly Statement _statement;

    private PlainInsert(IEntityType type, ISqlGenerationHelper sql)
    {
        var table = StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema());
        _columns = [.. type.GetProperties()];
        var names = string.Join(", ", _columns.Select(property => sql.DelimitIdentifier(property.GetColumnName(table)!)));
        _statement = new Statement(
            $"INSERT INTO {sql.DelimitIdentifier(table.Name, table.Schema)} ({names}) VALUES ({string.Join(", ", _columns.Select((_, index) => $"@p{index}"))})",
            [.. _columns.Select(property => property.GetRelationalTypeMapping())]);
    }

    public static Task WriteAsync<T>(AppDbContext database, T row) where T : class
    {
        var insert = Made.GetOrCreateValue(database.Model).GetOrAdd(typeof(T), static (type, context) =>
            new PlainInsert(context.Model.FindEntityType(type)!, context.GetService<ISqlGenerationHelper>()), database);
        return insert._statement.RunAsync(database, [.. insert._columns.Select(column => column.GetGetter().GetClrValue(row))]);
    }
}
