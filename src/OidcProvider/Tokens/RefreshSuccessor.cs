using Microsoft.EntityFrameworkCore;
using OidcProvider.Data;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>Hands out the successor that is already there instead of a new one, when <see cref="RedeemToken"/> judged so.</summary>
internal sealed class RepeatSuccessor : IOpenIddictServerHandler<ProcessSignInContext>
{
    private const string Property = "oidcprovider:successor";

    public static void Set(OpenIddictServerTransaction transaction, string successor) => transaction.SetProperty(Property, successor);

    public ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context.Transaction.GetProperty<string>(Property) is { } successor)
        {
            context.GenerateRefreshToken = false;
            context.IncludeRefreshToken = true;
            context.RefreshToken = successor;
        }

        return ValueTask.CompletedTask;
    }
}

/// <summary>Keeps the new refresh token with the one it replaces, hidden from everyone but the holder of that one.</summary>
internal sealed class KeepSuccessor(AppDbContext database) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (!context.GenerateRefreshToken || !context.Request.IsRefreshTokenGrantType() || context.RefreshToken is not { } successor
            || !Guid.TryParse(context.RefreshTokenPrincipal?.GetTokenId(), out var id)
            || !Guid.TryParse(RedeemToken.Presented(context)?.GetTokenId(), out var predecessor))
        {
            return;
        }

        var hidden = RefreshFamily.Hide(successor, context.Request.RefreshToken!);
        await database.Tokens.Where(row => row.Id == predecessor)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Successor, hidden).SetProperty(row => row.SuccessorId, id));
    }
}
