using System.Linq.Expressions;

namespace OidcProvider.Data;

/// <summary>Where a page of a list ended: the sort value, as text, and the id of its last row.</summary>
internal sealed record Position(string? Value, Guid Id);

/// <summary>A page of a list, and where the next one begins.</summary>
internal sealed record Found<T>(IReadOnlyList<T> Rows, Position? Next);

/// <summary>
/// Pages along an index: what comes after a row, by its sort key and id. Written as <c>key &gt;= k AND (key &gt; k OR id &gt; i)</c>, which every database
/// turns into a range of the index; the shorter form with OR alone is scanned.
/// </summary>
internal static class Keyset
{
    public static IQueryable<T> After<T, TKey>(this IQueryable<T> rows, Expression<Func<T, TKey>> key, Expression<Func<T, Guid>> id, (TKey Key, Guid Id)? after, bool descending = false)
    {
        if (after is not { } last)
        {
            return rows;
        }

        // A member of an object, not a constant, so that the value is a parameter of the query.
        var held = Expression.Constant(new Held<TKey>(last.Key, last.Id));
        var (keyValue, idValue) = (Expression.Property(held, nameof(Held<TKey>.Key)), Expression.Property(held, nameof(Held<TKey>.Id)));
        var row = key.Parameters[0];
        var idOfRow = new Rename(id.Parameters[0], row).Visit(id.Body);
        var (within, beyond) = descending ? (ExpressionType.LessThanOrEqual, ExpressionType.LessThan) : (ExpressionType.GreaterThanOrEqual, ExpressionType.GreaterThan);
        var condition = Expression.AndAlso(
            Compare(within, key.Body, keyValue),
            Expression.OrElse(Compare(beyond, key.Body, keyValue), Compare(beyond, idOfRow, idValue)));
        return rows.Where(Expression.Lambda<Func<T, bool>>(condition, row));
    }

    /// <summary>Cuts the one row too many that tells whether there is a next page.</summary>
    public static Found<T> Page<T>(IReadOnlyList<T> rows, int take, Func<T, Position> position) =>
        rows.Count <= take ? new(rows, null) : new([.. rows.Take(take)], position(rows[take - 1]));

    private static BinaryExpression Compare(ExpressionType how, Expression left, Expression right) => left.Type == typeof(string)
        ? Expression.MakeBinary(how, Expression.Call(typeof(string), nameof(string.Compare), null, left, right), Expression.Constant(0))
        : Expression.MakeBinary(how, left, right);

    private sealed record Held<TKey>(TKey Key, Guid Id);

    /// <summary>Puts an expression in the place of a parameter.</summary>
    internal sealed class Rename(ParameterExpression from, Expression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}
