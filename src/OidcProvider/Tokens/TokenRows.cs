using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using OidcProvider.Data;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using OpenIddict.EntityFrameworkCore;

namespace OidcProvider.Tokens;

/// <summary>
/// The engine's view of the token rows that it makes itself (device and user codes, pushed requests). A row is written once, with payload and reference, by whoever commits the answer
/// (<see cref="CommitIssue"/>); the engine's own store inserts it first and updates it afterwards. A row is read alone, without its
/// client and grant, and changed column by column.
/// </summary>
internal sealed class TokenRows(
    AppDbContext database, TimeProvider time, IMemoryCache cache, IOpenIddictEntityFrameworkCoreContext context, IOptionsMonitor<OpenIddictEntityFrameworkCoreOptions> options)
    : OpenIddictEntityFrameworkCoreTokenStore<Token, Client, Authorization, Guid>(cache, context, options)
{
    /// <summary>The row of this request, if it has read or made it already.</summary>
    public static Token? Seen(AppDbContext database, Guid id) => database.Tokens.Local.FindEntry(id)?.Entity;

    public override ValueTask<Token> InstantiateAsync(CancellationToken cancellationToken)
    {
        var row = new Token { Id = Guid.CreateVersion7(time.GetUtcNow()), ConcurrencyToken = Guid.NewGuid().ToString() };
        database.Tokens.Add(row);
        return new(row);
    }

    public override ValueTask CreateAsync(Token token, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override async ValueTask UpdateAsync(Token token, CancellationToken cancellationToken)
    {
        if (database.Entry(token).State is EntityState.Added)
        {
            return;
        }

        token.ConcurrencyToken = Guid.NewGuid().ToString();
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException lost)
        {
            throw new OpenIddictExceptions.ConcurrencyException("The token was changed by someone else meanwhile.", lost);
        }
    }

    public override async ValueTask<Token?> FindByIdAsync(string identifier, CancellationToken cancellationToken) =>
        Guid.TryParse(identifier, out var id)
            ? Seen(database, id) ?? await database.Tokens.SingleOrDefaultAsync(row => row.Id == id, cancellationToken)
            : null;

    public override async ValueTask<Token?> FindByReferenceIdAsync(string identifier, CancellationToken cancellationToken) =>
        await database.Tokens.SingleOrDefaultAsync(row => row.ReferenceId == identifier, cancellationToken);

    public override ValueTask<string?> GetApplicationIdAsync(Token token, CancellationToken cancellationToken) => new(token.ApplicationId?.ToString());

    public override ValueTask<string?> GetAuthorizationIdAsync(Token token, CancellationToken cancellationToken) => new(token.AuthorizationId?.ToString());

    public override ValueTask SetApplicationIdAsync(Token token, string? identifier, CancellationToken cancellationToken)
    {
        token.ApplicationId = Guid.TryParse(identifier, out var id) ? id : null;
        return ValueTask.CompletedTask;
    }

    public override ValueTask SetAuthorizationIdAsync(Token token, string? identifier, CancellationToken cancellationToken)
    {
        token.AuthorizationId = Guid.TryParse(identifier, out var id) ? id : null;
        return ValueTask.CompletedTask;
    }
}

/// <summary>The engine asks the database before each write whether the random reference is taken; its unique index says so anyway.</summary>
internal sealed class TokenManager(
    IOpenIddictTokenCache<Token> cache, ILogger<OpenIddictTokenManager<Token>> logger, IOptionsMonitor<OpenIddictCoreOptions> options, IOpenIddictTokenStore<Token> store)
    : OpenIddictTokenManager<Token>(cache, logger, options, store)
{
    public override IAsyncEnumerable<ValidationResult> ValidateAsync(Token token, CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<ValidationResult>();
}
