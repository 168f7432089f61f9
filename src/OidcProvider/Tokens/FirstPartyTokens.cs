using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Keys;
using OidcProvider.Sessions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Tokens;

/// <summary>An access token for the body and a refresh token for the cookie of an own web app.</summary>
internal sealed record FirstPartyAnswer(string AccessToken, int ExpiresIn, string RefreshToken, DateTime RefreshExpires);

/// <summary>
/// Tokens of own web apps that keep no OAuth library: an RFC 9068 access token and a refresh token of the same families, under the same rules
/// and in the same table as those of the token endpoint. They hang on the browser's session and die with it.
/// </summary>
internal sealed class FirstPartyTokens(AppDbContext database, TokenStore tokens, SessionStore sessions, TimeProvider time, IOptions<TokensOptions> options, IServiceProvider services)
{
    private const string Scope = "openid profile email roles";

    /// <summary>Begins a family for a session that has just begun.</summary>
    public async Task<FirstPartyAnswer> BeginAsync(LiveSession live, ClientEntry client)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var grant = new Authorization
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()), ConcurrencyToken = Guid.NewGuid().ToString(), CreationDate = now, Scopes = """["openid","profile","email","roles"]""",
            SessionId = live.Session.Id, Status = Statuses.Valid, Subject = live.User.Id.ToString(), Type = AuthorizationTypes.AdHoc, ApplicationId = client.Registered.Id,
        };
        database.Authorizations.Add(grant);
        var (refresh, row) = Row(grant.Id, client.Registered.Id, live.User.Id, now, now + options.Value.RefreshTokenLifetime);
        await database.SaveChangesAsync();
        return Answer(live, client, grant.Id, refresh, row.ExpirationDate!.Value);
    }

    /// <summary>Exchanges a refresh token for its successor. Null: it is unknown, expired or revoked, or its session or user is gone.</summary>
    public async Task<FirstPartyAnswer?> RefreshAsync(string presented, ClientEntry client)
    {
        if (await FindAsync(presented) is not { } found || await sessions.FindByIdAsync(found.SessionId) is not { } live)
        {
            return null;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var absolute = found.GrantedAt + options.Value.RefreshTokenAbsoluteLifetime;
        var until = now + options.Value.RefreshTokenLifetime < absolute ? now + options.Value.RefreshTokenLifetime : absolute;
        if (found.ExpiresAt <= now || absolute <= now)
        {
            return null;
        }

        await using (var transaction = await database.Database.BeginTransactionAsync())
        {
            if (!await tokens.HoldGrantAsync(found.Grant))
            {
                return null;
            }

            var (next, row) = Row(found.Grant, client.Registered.Id, live.User.Id, now, until);
            if (await tokens.RedeemAsync(found.Id, RefreshFamily.Hide(next, presented), row.Id))
            {
                await database.SaveChangesAsync();
                await transaction.CommitAsync();
                await sessions.SeenAsync(live.Session.Id);
                return Answer(live, client, found.Grant, next, until);
            }

            database.Entry(row).State = EntityState.Detached;
        }

        // Two tabs, or a lost answer; anything else is a thief.
        if (await tokens.RepeatAsync(found.Id, presented) is { } same)
        {
            return Answer(live, client, found.Grant, same, until);
        }

        await tokens.RevokeGrantAsync(found.Grant, AuditEvents.RefreshTokenReplayed, client.Registered.ClientId, client.Registered.ClientId);
        return null;
    }

    /// <summary>Ends the session with all that hangs on it: the family, and the access tokens by their grant.</summary>
    public async Task EndAsync(string presented)
    {
        if (await FindAsync(presented) is { } found)
        {
            await tokens.RevokeGrantAsync(found.Grant, AuditEvents.TokenRevoked, null, null);
            if (found.SessionId is { } session)
            {
                await sessions.EndAsync(session, reason: "signout");
            }
        }
    }

    private sealed record Found(Guid Id, Guid Grant, Guid? SessionId, DateTime GrantedAt, DateTime ExpiresAt);

    private async Task<Found?> FindAsync(string presented)
    {
        var reference = Reference(presented);
        return await (
            from token in database.Tokens.AsNoTracking()
            where token.ReferenceId == reference && token.Type == TokenTypeIdentifiers.RefreshToken && token.Status != Statuses.Revoked && token.Authorization!.Status == Statuses.Valid
            select new Found(token.Id, token.Authorization!.Id, token.Authorization.SessionId, token.Authorization.CreationDate!.Value, token.ExpirationDate!.Value)).SingleOrDefaultAsync();
    }

    private (string Handle, Token Row) Row(Guid grant, Guid client, Guid user, DateTime now, DateTime until)
    {
        var handle = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var row = new Token
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()), ConcurrencyToken = Guid.NewGuid().ToString(), CreationDate = now, ExpirationDate = until,
            ReferenceId = Reference(handle), Status = Statuses.Valid, Subject = user.ToString(), Type = TokenTypeIdentifiers.RefreshToken,
            ApplicationId = client, AuthorizationId = grant,
        };
        database.Tokens.Add(row);
        return (handle, row);
    }

    private FirstPartyAnswer Answer(LiveSession live, ClientEntry client, Guid grant, string refresh, DateTime until)
    {
        var issuer = services.GetRequiredService<IssuerUri>().Value;
        var now = time.GetUtcNow().UtcDateTime;
        var life = client.Registered.Definition.AccessTokenLifetime ?? options.Value.AccessTokenLifetime;
        var claims = new Dictionary<string, object>
        {
            [Claims.Subject] = live.User.Id.ToString(), [Claims.ClientId] = client.Registered.ClientId, [Claims.JwtId] = AccessTokenId.Create(grant), [Claims.Scope] = Scope, ["sid"] = live.Session.Id.ToString("N"),
            [Claims.AuthenticationTime] = new DateTimeOffset(live.Session.AuthenticatedAt).ToUnixTimeSeconds(), [Claims.AuthenticationMethodReference] = AuthenticationContext.Split(live.Session.Amr),
            [Claims.AuthenticationContextReference] = live.Session.Acr ?? AuthenticationContext.OneFactor, ["roles"] = live.Roles,
        };
        if (live.User.Email is { } email)
        {
            claims[Claims.Email] = email;
        }

        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer, Audience = issuer, IssuedAt = now, Expires = now + life, TokenType = "at+jwt", Claims = claims,
            SigningCredentials = services.GetRequiredService<KeyRing>().Current.For(options.Value.AccessTokenAlgorithm),
        });
        return new FirstPartyAnswer(token, (int)life.TotalSeconds, refresh, until);
    }

    // Under a name of its own: the token endpoint must not find these.
    private static string Reference(string handle) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"first-party:{(handle.Length <= 100 ? handle : "")}")));
}
