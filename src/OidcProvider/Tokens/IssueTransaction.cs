using OidcProvider.Data;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>
/// One transaction from redeeming a token to the last row of what is issued for it: a crash leaves either the old token usable
/// or the new ones in place, never neither. It holds the grant's row, so that a revocation comes before or after, never between.
/// </summary>
internal sealed class BeginIssue(AppDbContext database, TokenStore tokens) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (database.Database.CurrentTransaction is not null)
        {
            return;
        }

        await database.Database.BeginTransactionAsync(CancellationToken.None);
        if (context.EndpointType is OpenIddictServerEndpointType.Token
            && Guid.TryParse(context.Principal?.GetAuthorizationId(), out var grant)
            && !await tokens.HoldGrantAsync(grant))
        {
            context.Reject(Errors.InvalidGrant, "The grant has been revoked.");
        }
    }
}

/// <summary>A client's own token has neither grant nor row: nothing that reads or writes one is even constructed for it.</summary>
internal sealed class WritesRows : IOpenIddictServerHandlerFilter<ProcessSignInContext>
{
    public ValueTask<bool> IsActiveAsync(ProcessSignInContext context) =>
        ValueTask.FromResult(context.EndpointType is not OpenIddictServerEndpointType.Token || !context.Request.IsClientCredentialsGrantType());
}

/// <summary>Ends what <see cref="BeginIssue"/> began, before anything is sent. A refusal in between is rolled back with the scope.</summary>
internal sealed class CommitIssue(AppDbContext database) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (database.Database.CurrentTransaction is { } transaction)
        {
            await database.SaveChangesAsync(CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
            await transaction.DisposeAsync();
        }
    }
}
