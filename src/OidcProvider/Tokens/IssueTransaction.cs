using System.Security.Claims;
using OidcProvider.Audit;
using OidcProvider.Data;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>A client's own token, and one that an API key was exchanged for, have neither grant nor row: nothing that reads or writes one is even constructed for them.</summary>
internal sealed class WritesRows : IOpenIddictServerHandlerFilter<ProcessSignInContext>
{
    public ValueTask<bool> IsActiveAsync(ProcessSignInContext context) =>
        ValueTask.FromResult(context.EndpointType is not OpenIddictServerEndpointType.Token || !(context.Request.IsClientCredentialsGrantType() || context.Request.IsTokenExchangeGrantType()));
}

/// <summary>
/// A user's approval of a device changes rows as the answer is made, so its transaction begins here, with the user code used up.
/// All other answers are made first and written afterwards (<see cref="CommitIssue"/>): nobody waits for a signature while a
/// row is held.
/// </summary>
internal sealed class BeginApproval(AppDbContext database, TokenStore tokens, RequestRows rows) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context.EndpointType is not OpenIddictServerEndpointType.EndUserVerification)
        {
            return;
        }

        await database.Database.BeginTransactionAsync(CancellationToken.None);
        if (Guid.TryParse(CommitIssue.Presented(context)?.GetTokenId(), out var id) && !await tokens.RedeemAsync(id))
        {
            context.Reject(Errors.InvalidRequest, "The code has already been used.");
            return;
        }

        // The device code, which the engine writes next, hangs on the grant.
        await rows.WriteAsync(database);
    }
}

/// <summary>
/// Uses up the code, refresh token, device code or pushed request that the answer was made from and writes what was issued, in one
/// transaction (RFC 6749 §4.1.2, RFC 9700 §4.14.2): a crash leaves either the old token usable or the new ones in place. It holds the
/// grant's row, so that a revocation comes before or after, never between. Replaces the engine's own step, which ignores a lost race
/// for refresh tokens. Runs before anything is put into the answer.
/// </summary>
internal sealed class CommitIssue(AppDbContext database, TokenStore tokens, RequestRows rows) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (database.Database.CurrentTransaction is null)
        {
            await database.Database.BeginTransactionAsync(CancellationToken.None);
            if (!await HoldGrantAsync(context) || !await RedeemAsync(context))
            {
                if (database.Database.CurrentTransaction is { } refused)
                {
                    await refused.DisposeAsync();
                }

                return;
            }
        }

        await rows.WriteAsync(database);
        await database.SaveChangesAsync(CancellationToken.None);
        var transaction = database.Database.CurrentTransaction!;
        await transaction.CommitAsync(CancellationToken.None);
        await transaction.DisposeAsync();
    }

    /// <summary>The token that the request presents for being answered.</summary>
    public static ClaimsPrincipal? Presented(ProcessSignInContext context)
    {
        var authentication = context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
        return context.EndpointType switch
        {
            OpenIddictServerEndpointType.Authorization => authentication?.RequestTokenPrincipal,
            OpenIddictServerEndpointType.EndUserVerification => authentication?.UserCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsAuthorizationCodeGrantType() => authentication?.AuthorizationCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsDeviceCodeGrantType() => authentication?.DeviceCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsRefreshTokenGrantType() => authentication?.RefreshTokenPrincipal,
            _ => null,
        };
    }

    private async Task<bool> HoldGrantAsync(ProcessSignInContext context)
    {
        if (context.EndpointType is not OpenIddictServerEndpointType.Token
            || !Guid.TryParse(context.Principal?.GetAuthorizationId(), out var grant) || await tokens.HoldGrantAsync(grant))
        {
            return true;
        }

        // Other columns of the row may tell of a replay; the grant is gone either way.
        context.Reject(Errors.InvalidGrant, "The grant has been revoked.");
        return false;
    }

    private async Task<bool> RedeemAsync(ProcessSignInContext context)
    {
        var presented = Presented(context);
        if (!Guid.TryParse(presented?.GetTokenId(), out var id))
        {
            return true;
        }

        var refresh = context.EndpointType is OpenIddictServerEndpointType.Token && context.Request.IsRefreshTokenGrantType();
        var successor = refresh && context.RefreshToken is { } next && Guid.TryParse(context.RefreshTokenPrincipal?.GetTokenId(), out var nextId)
            ? (Id: nextId, Hidden: RefreshFamily.Hide(next, context.Request.RefreshToken!))
            : default;
        if (await tokens.RedeemAsync(id, successor.Hidden, successor.Hidden is null ? null : successor.Id))
        {
            return true;
        }

        if (context.EndpointType is not OpenIddictServerEndpointType.Token)
        {
            context.Reject(Errors.InvalidRequest, "The request has already been answered.");
            return false;
        }

        // The successor that is there already is handed out again, instead of the one just made.
        if (refresh && await tokens.RepeatAsync(id, context.Request.RefreshToken!) is { } same)
        {
            rows.Tokens.RemoveAll(row => row.Id == successor.Id);
            context.RefreshToken = same;
            return true;
        }

        // Two parties hold the same token: which of them is honest cannot be told, so both lose it. A device that asks twice at once
        // is one party.
        if (!context.Request.IsDeviceCodeGrantType() && Guid.TryParse(presented.GetAuthorizationId(), out var grant))
        {
            await tokens.RevokeGrantAsync(grant, refresh ? AuditEvents.RefreshTokenReplayed : AuditEvents.CodeReplayed, context.ClientId, context.ClientId, "raced");
        }

        context.Reject(Errors.InvalidGrant, "The token has already been used.");
        return false;
    }
}
