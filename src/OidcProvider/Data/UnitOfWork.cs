using Microsoft.EntityFrameworkCore.Storage;

namespace OidcProvider.Data;

/// <summary>A transaction of one's own, or a part in the caller's: then the caller commits.</summary>
internal sealed class UnitOfWork : IAsyncDisposable
{
    private readonly IDbContextTransaction? _own;

    private UnitOfWork(IDbContextTransaction? own) => _own = own;

    /// <summary>Whether the transaction is one's own: only then is anything in force when it is committed.</summary>
    public bool IsOwn => _own is not null;

    public static async Task<UnitOfWork> BeginAsync(AppDbContext database, CancellationToken cancellation = default) =>
        new(database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellation) : null);

    public Task CommitAsync() => _own?.CommitAsync(CancellationToken.None) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
