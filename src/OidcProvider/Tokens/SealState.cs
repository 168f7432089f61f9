using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using OidcProvider.Clients;
using OidcProvider.Data;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>
/// Makes codes and refresh tokens: a handle of 256 random bits for the client, and a row with its hash and the sealed state, which
/// <see cref="CommitIssue"/> writes. The engine would make a nested JWT and hide that behind a handle.
/// </summary>
internal sealed class SealState(StateSeal seal, RequestRows rows, RegistrySnapshot clients, TimeProvider time) : IOpenIddictServerHandler<GenerateTokenContext>
{
    /// <summary>Under which name a handle is stored.</summary>
    public static string Reference(string handle) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(handle)));

    public async ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (context.TokenType is not (TokenTypeIdentifiers.RefreshToken or TokenTypeIdentifiers.Private.AuthorizationCode) || !context.CreateTokenEntry)
        {
            return;
        }

        var principal = context.Principal;
        var row = new Token
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            ApplicationId = context.ClientId is { } client ? (await clients.FindClientAsync(client))?.Registered.Id : null,
            AuthorizationId = Guid.TryParse(principal.GetAuthorizationId(), out var grant) ? grant : null,
            ConcurrencyToken = Guid.NewGuid().ToString(),
            CreationDate = principal.GetCreationDate()?.UtcDateTime,
            ExpirationDate = principal.GetExpirationDate()?.UtcDateTime,
            Status = Statuses.Valid,
            Subject = principal.GetClaim(Claims.Subject),
            Type = context.TokenType,
        };
        var handle = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        row.ReferenceId = Reference(handle);
        row.Payload = seal.Seal(principal.Claims.Where(IsKept), row.Id);
        rows.Tokens.Add(row);
        principal.SetTokenId(row.Id.ToString());
        context.Token = handle;
        context.CreateTokenEntry = context.PersistTokenPayload = false;
    }

    // What tells of the user is made anew when the token is used; what the row's own columns say need not be said twice.
    private static bool IsKept(Claim claim) =>
        claim.Type is not (Claims.Private.CreationDate or Claims.Private.ExpirationDate or Claims.Private.TokenId or Claims.Private.TokenType or Claims.Private.AuthorizationId or Claims.Private.Issuer)
        && claim.GetDestinations() is not [Destinations.AccessToken];
}

/// <summary>What the engine does to prepare a JWT is skipped for a token that is made already.</summary>
internal sealed class MakesJwt : IOpenIddictServerHandlerFilter<GenerateTokenContext>
{
    public ValueTask<bool> IsActiveAsync(GenerateTokenContext context) => ValueTask.FromResult(string.IsNullOrEmpty(context.Token));
}
