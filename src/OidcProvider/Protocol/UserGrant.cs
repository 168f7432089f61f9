using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol;

/// <summary>
/// The grants behind which a user stands: authorization code (RFC 6749 §4.1.3), refresh token (§6), device code (RFC 8628 §3.4).
/// Each passes the gate and is issued from what the user is now, not from what they were at sign-in.
/// </summary>
internal sealed class UserGrant(GrantGate gate, GrantPrincipal principals, AppDbContext database, RequestRows rows, TimeProvider time, IOptions<TokensOptions> options)
{
    /// <summary>A code depends on the session it was made in: after sign-out it is worth nothing.</summary>
    public Task<Result<ClaimsPrincipal>> RedeemCodeAsync(ClaimsPrincipal code, RegisteredClient client) =>
        IssueAsync(code, client, AuthenticationFacts.Of(code), AuthenticationFacts.Of(code).SessionId);

    /// <summary>A refresh token with offline access outlives the session (OpenID Connect Core 1.0 §11); without, it does not.</summary>
    public Task<Result<ClaimsPrincipal>> RefreshAsync(ClaimsPrincipal refresh, RegisteredClient client) =>
        IssueAsync(refresh, client, AuthenticationFacts.Of(refresh), refresh.HasScope(Scopes.OfflineAccess) ? null : AuthenticationFacts.Of(refresh).SessionId);

    public Task<Result<ClaimsPrincipal>> RedeemDeviceCodeAsync(ClaimsPrincipal device, RegisteredClient client) =>
        IssueAsync(device, client, AuthenticationFacts.Of(device), sessionId: null);

    private async Task<Result<ClaimsPrincipal>> IssueAsync(ClaimsPrincipal presented, RegisteredClient client, AuthenticationFacts facts, string? sessionId)
    {
        var admitted = await gate.AdmitAsync(presented.GetClaim(Claims.Subject), sessionId);
        if (!admitted.Succeeded)
        {
            return new Problem(Errors.InvalidGrant, admitted.Problems[0].Message);
        }

        if (await RemainingLifeAsync(presented) is not { } remaining)
        {
            return new Problem(Errors.InvalidGrant, "The sign-in is too long ago; the user must sign in again.");
        }

        var scopes = GrantGate.StillAllowed(presented.GetScopes(), client);
        var principal = await principals.ForUserAsync(admitted.Value.User, admitted.Value.Roles, scopes, facts, CancellationToken.None);
        principal.SetAuthorizationId(presented.GetAuthorizationId());
        var sliding = client.Definition.RefreshTokenLifetime ?? options.Value.RefreshTokenLifetime;
        principal.SetRefreshTokenLifetime(sliding < remaining ? sliding : remaining);
        return principal;
    }

    // The absolute end counts from the grant, however often it was refreshed.
    private async Task<TimeSpan?> RemainingLifeAsync(ClaimsPrincipal presented)
    {
        if (!Guid.TryParse(presented.GetAuthorizationId(), out var id)
            || (rows.Presented?.GrantedAt ?? await database.Authorizations.Where(row => row.Id == id).Select(row => row.CreationDate).SingleOrDefaultAsync()) is not { } granted)
        {
            return null;
        }

        var remaining = granted + options.Value.RefreshTokenAbsoluteLifetime - time.GetUtcNow().UtcDateTime;
        return remaining > TimeSpan.Zero ? remaining : null;
    }
}
