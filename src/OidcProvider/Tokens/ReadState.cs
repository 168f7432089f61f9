using System.Security.Claims;
using OidcProvider.Data;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using Engine = OpenIddict.Server.OpenIddictServerHandlers.Protection;

namespace OidcProvider.Tokens;

/// <summary>
/// Finds a presented code or refresh token by its handle, with its grant, in one query, and opens its sealed state. Whatever else is
/// presented (device codes, user codes, pushed requests, JWTs) goes the engine's own way.
/// </summary>
internal sealed class ReadState(AppDbContext database, TokenLookups lookups, StateSeal seal, RequestRows rows, IServiceProvider services) : IOpenIddictServerHandler<ValidateTokenContext>
{
    private const int HandleLength = 43;

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        // A JWT is no handle.
        if (context.Token.Contains('.', StringComparison.Ordinal))
        {
            return;
        }

        if (context.Token.Length == HandleLength && MayBe(context, TokenTypeIdentifiers.RefreshToken, TokenTypeIdentifiers.Private.AuthorizationCode)
            && await lookups.ByReferenceAsync(database, SealState.Reference(context.Token)) is { Type: not null, Grant: not null } found
            && MayBe(context, found.Type) && StateSeal.IsSealed(found.Payload) && seal.Open(found.Payload!, found.Id) is { } identity)
        {
            rows.Presented = found;
            Restore(context, identity, found);
            return;
        }

        await new Engine.ValidateReferenceTokenIdentifier(services.GetRequiredService<IOpenIddictTokenManager>()).HandleAsync(context);
    }

    private static void Restore(ValidateTokenContext context, ClaimsIdentity identity, PresentedToken found)
    {
        context.IsReferenceToken = true;
        context.TokenId = found.Id.ToString();
        context.AuthorizationId = found.Grant.ToString();
        context.Principal = new ClaimsPrincipal(identity)
            .SetTokenType(found.Type).SetTokenId(context.TokenId).SetAuthorizationId(context.AuthorizationId)
            .SetCreationDate(found.CreatedAt).SetExpirationDate(found.ExpiresAt);
    }

    private static bool MayBe(ValidateTokenContext context, params ReadOnlySpan<string> types)
    {
        foreach (var type in types)
        {
            if (context.ValidTokenTypes.Count == 0 || context.ValidTokenTypes.Contains(type))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The engine reads the row again for what the principal lacks; <see cref="ReadState"/> has put it there, and a JWT access token has none.</summary>
internal sealed class RowNotRead : IOpenIddictServerHandlerFilter<ValidateTokenContext>
{
    public ValueTask<bool> IsActiveAsync(ValidateTokenContext context) => ValueTask.FromResult(context.TokenId is not null && context.AuthorizationId is null);
}

/// <summary>Only what has a row can be looked up.</summary>
internal sealed class HasRow : IOpenIddictServerHandlerFilter<ValidateTokenContext>
{
    public ValueTask<bool> IsActiveAsync(ValidateTokenContext context) => ValueTask.FromResult(context.TokenId is not null);
}
