using System.Security.Claims;
using Microsoft.AspNetCore;
using OidcProvider.ApiKeys;
using OidcProvider.Clients;
using OidcProvider.Data;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// An API key in the place of a token: as <c>subject_token</c> of an exchange (RFC 8693 §2.1), or as <c>token</c> at introspection and revocation. It is
/// judged here instead of by the engine, which knows only tokens it made. By now the client has authenticated.
/// </summary>
internal sealed class PresentedApiKey : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    /// <summary>The key that the request of this transaction exchanges.</summary>
    public static LiveApiKey? Exchanged(OpenIddictServerTransaction transaction) => transaction.GetProperty<LiveApiKey>(typeof(LiveApiKey).FullName!);

    /// <summary>The key that the request of this transaction revokes.</summary>
    public static ApiKey? Revoked(OpenIddictServerTransaction transaction) => transaction.GetProperty<ApiKey>(typeof(ApiKey).FullName!);

    public ValueTask HandleAsync(ProcessAuthenticationContext context) => context switch
    {
        { ValidateSubjectToken: true, SubjectToken: { Length: > 0 } subject } => ExchangeAsync(context, subject),
        { ValidateGenericToken: true, GenericToken: { Length: > 0 } token } when ApiKeyFormat.IsMeant(token) =>
            context.EndpointType is OpenIddictServerEndpointType.Revocation ? RevokeAsync(context, token) : IntrospectAsync(context, token),
        _ => default,
    };

    private static async ValueTask ExchangeAsync(ProcessAuthenticationContext context, string subject)
    {
        context.ValidateSubjectToken = false;
        var live = await Verifier(context).VerifyAsync(subject, Address(context), CancellationToken.None);
        if (!live.Succeeded)
        {
            // RFC 8693 §2.2.2: an invalid subject_token is an invalid_request.
            context.Reject(Errors.InvalidRequest, live.Problems[0].Message);
            return;
        }

        context.Transaction.SetProperty(typeof(LiveApiKey).FullName!, live.Value);
        context.SubjectTokenPrincipal = Principal(live.Value.Key, []);
    }

    // RFC 7662 §2.2, §4: told only to those the key is meant for; for all others it is not active.
    private static async ValueTask IntrospectAsync(ProcessAuthenticationContext context, string token)
    {
        context.ValidateGenericToken = false;
        var live = await Verifier(context).VerifyAsync(token, Address(context), CancellationToken.None);
        var registry = Services(context).GetRequiredService<RegistrySnapshot>();
        string[] audiences = live.Succeeded ? [.. (await registry.FindScopesAsync(live.Value.Scopes, CancellationToken.None)).SelectMany(scope => scope.Resources).Distinct(StringComparer.Ordinal)] : [];
        if (!audiences.Contains(context.ClientId, StringComparer.Ordinal))
        {
            context.Reject(Errors.InvalidToken, live.Succeeded ? "The API key is not meant for this client." : live.Problems[0].Message);
            return;
        }

        context.GenericTokenPrincipal = Principal(live.Value.Key, audiences);
    }

    // Whoever has a key may end it, even when it sleeps because its user is barred: that is what one does with a key one has found.
    private static async ValueTask RevokeAsync(ProcessAuthenticationContext context, string token)
    {
        context.ValidateGenericToken = false;
        var key = await Verifier(context).FindAsync(token, Address(context), CancellationToken.None);
        if (!key.Succeeded)
        {
            context.Reject(Errors.InvalidToken, key.Problems[0].Message);
            return;
        }

        context.Transaction.SetProperty(typeof(ApiKey).FullName!, key.Value);
        context.GenericTokenPrincipal = Principal(key.Value, []);
    }

    private static ClaimsPrincipal Principal(ApiKey key, string[] audiences)
    {
        var principal = new ClaimsPrincipal(new ClaimsIdentity("OidcProvider", Claims.Name, Claims.Role));
        principal.SetClaim(Claims.Subject, key.UserId.ToString()).SetClaim(Claims.JwtId, key.Id.ToString()).SetTokenType(TokenTypeIdentifiers.AccessToken)
            .SetCreationDate(new DateTimeOffset(key.CreatedAt)).SetExpirationDate(key.ExpiresAt is { } end ? new DateTimeOffset(end) : null)
            .SetScopes(key.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)).SetAudiences(audiences);
        return principal;
    }

    private static IServiceProvider Services(ProcessAuthenticationContext context) => context.Transaction.GetHttpRequest()!.HttpContext.RequestServices;

    private static ApiKeyVerifier Verifier(ProcessAuthenticationContext context) => Services(context).GetRequiredService<ApiKeyVerifier>();

    private static string? Address(ProcessAuthenticationContext context) => context.Transaction.GetHttpRequest()!.HttpContext.Connection.RemoteIpAddress?.ToString();
}

/// <summary>Only a token exchange chooses among the resources of its scopes; its grant judges them. To all other grants a <c>resource</c> is unknown.</summary>
internal sealed class CheckTargets : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        if (!context.Request.IsTokenExchangeGrantType() && context.Request.GetResources().Length > 0)
        {
            context.Reject(Errors.InvalidTarget, "The resource is not one that this grant can be narrowed to.");
        }

        return ValueTask.CompletedTask;
    }
}
