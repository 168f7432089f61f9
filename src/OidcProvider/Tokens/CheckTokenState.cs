using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Tokens;

/// <summary>
/// Decides from the stored state whether a presented token still counts. Replaces the engine's step, which on a replay revokes
/// the token rows but not the grant, so that what is issued at the same moment survives.
/// </summary>
internal sealed class CheckTokenState(AppDbContext database, TokenStore tokens, RequestRows rows) : IOpenIddictServerHandler<ValidateTokenContext>
{
    /// <summary>Seconds between two questions of a device, unless it was told to slow down (RFC 8628 §3.2).</summary>
    public const int PollInterval = 5;

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal is null || !Guid.TryParse(context.TokenId, out var id))
        {
            return;
        }

        // The row has been read for this request already.
        var status = rows.Presented is { } presented && presented.Id == id ? presented.Status : TokenRows.Seen(database, id)?.Status
            ?? await database.Tokens.AsNoTracking().Where(token => token.Id == id).Select(token => token.Status).SingleOrDefaultAsync();
        switch (status)
        {
            case Statuses.Valid when context.Transaction.EndpointType is not OpenIddictServerEndpointType.Token && await IsRevokedAsync(context):
                context.Reject(Errors.InvalidToken, "The grant has been revoked.");
                return;

            // At the token endpoint CommitIssue holds the grant and decides.
            case Statuses.Valid:
                return;

            // RFC 6749 §4.1.2 for codes, RFC 9700 §4.14.2 for refresh tokens: what came of it is revoked.
            case Statuses.Redeemed when context.Principal.GetTokenType() is TokenTypeIdentifiers.RefreshToken
                && context.Transaction.EndpointType is OpenIddictServerEndpointType.Token
                && await tokens.JudgeRefreshAsync(id) is RefreshVerdict.Repeat:
                return;

            case Statuses.Redeemed:
                await RevokeAsync(context);
                context.Reject(Errors.InvalidToken, "The token has already been used.");
                return;

            // RFC 8628 §3.5.
            case Statuses.Inactive when await tokens.CountPollAsync(id, PollInterval):
                context.Reject(Errors.AuthorizationPending, "The user has not decided yet.");
                return;

            case Statuses.Inactive:
                context.Reject(Errors.SlowDown, "Asked too soon: wait five seconds longer between two requests.");
                return;

            case Statuses.Rejected:
                context.Reject(Errors.AccessDenied, "The user denied the request.");
                return;

            default:
                context.Reject(Errors.InvalidToken, "The token is no longer valid.");
                return;
        }
    }

    private async Task<bool> IsRevokedAsync(ValidateTokenContext context) => rows.Presented is { } presented
        ? presented.GrantStatus != Statuses.Valid
        : Guid.TryParse(context.AuthorizationId, out var grant) && !await database.Authorizations.AnyAsync(row => row.Id == grant && row.Status == Statuses.Valid);

    private async Task RevokeAsync(ValidateTokenContext context)
    {
        var replay = context.Principal!.GetTokenType() switch
        {
            TokenTypeIdentifiers.RefreshToken => AuditEvents.RefreshTokenReplayed,
            TokenTypeIdentifiers.Private.AuthorizationCode => AuditEvents.CodeReplayed,
            // A device that asks twice at once must not lose what it got; RFC 8628 knows no such rule.
            _ => null,
        };

        // Only its own client can betray a token; to others it is simply not theirs, and they must not be able to end a grant with it.
        var client = context.Transaction.Request?.ClientId;
        if (replay is not null && client is not null && context.Principal!.HasPresenter(client) && Guid.TryParse(context.AuthorizationId, out var grant))
        {
            await tokens.RevokeGrantAsync(grant, replay, client, client);
        }
    }
}
