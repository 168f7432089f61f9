using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;

namespace OidcProvider.Data;

/// <summary>
/// Reads whole rows of one table by what the model says of its columns and conversions, put together once: the counterpart of
/// <see cref="PlainInsert"/> for a <see cref="Statement"/>.
/// </summary>
internal sealed class PlainRead<T> where T : class, new()
{
    private static readonly MethodInfo IsNull = typeof(DbDataReader).GetMethod(nameof(DbDataReader.IsDBNull))!;

    public PlainRead(IModel model)
    {
        var type = model.FindEntityType(typeof(T))!;
        var table = StoreObjectIdentifier.Table(type.GetTableName()!, type.GetSchema());
        List<IProperty> properties = [.. type.GetProperties().Where(property => property.PropertyInfo is not null)];
        var reader = Expression.Parameter(typeof(DbDataReader));
        Columns = [.. properties.Select(property => property.GetColumnName(table)!)];
        Row = Expression.Lambda<Func<DbDataReader, T>>(
            Expression.MemberInit(Expression.New(typeof(T)), properties.Select((property, index) => Expression.Bind(property.PropertyInfo!, Value(property, reader, index)))), reader).Compile();
    }

    /// <summary>In the order in which <see cref="Row"/> expects them.</summary>
    public IReadOnlyList<string> Columns { get; }

    public Func<DbDataReader, T> Row { get; }

    private static Expression Value(IProperty property, ParameterExpression reader, int index)
    {
        var mapping = property.GetRelationalTypeMapping();
        var method = mapping.GetDataReaderMethod();
        var column = Expression.Constant(index);
        var value = mapping.CustomizeDataReaderExpression(Expression.Call(Expression.Convert(reader, method.DeclaringType!), method, column));
        if (mapping.Converter is { ConvertFromProviderExpression: var convert })
        {
            value = ReplacingExpressionVisitor.Replace(convert.Parameters[0], As(value, convert.Parameters[0].Type), convert.Body);
        }

        value = As(value, property.ClrType);
        return property.IsNullable ? Expression.Condition(Expression.Call(reader, IsNull, column), Expression.Default(property.ClrType), value) : value;
    }

    private static Expression As(Expression value, Type type) => value.Type == type ? value : Expression.Convert(value, type);
}
