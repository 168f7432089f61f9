using System.Collections.Immutable;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol;

/// <summary>
/// Token introspection (RFC 7662 §2.2). The engine shows a token only to its audience or its owner; both see the scope and the
/// claims the token carries. To all others it is not active.
/// </summary>
internal sealed class IntrospectionEndpoint : IOpenIddictServerHandler<HandleIntrospectionRequestContext>
{
    // Answered by the engine under their own names.
    private static readonly HashSet<string> Answered = new(StringComparer.Ordinal)
    {
        Claims.Audience, Claims.ClientId, Claims.ExpiresAt, Claims.IssuedAt, Claims.Issuer, Claims.JwtId, Claims.NotBefore,
        Claims.Scope, Claims.Subject, Claims.TokenType, Claims.TokenUsage,
    };

    public ValueTask HandleAsync(HandleIntrospectionRequestContext context)
    {
        var token = context.GenericTokenPrincipal!;
        context.Scopes.UnionWith(token.GetScopes());
        if (!token.HasTokenType(TokenTypeIdentifiers.AccessToken))
        {
            return ValueTask.CompletedTask;
        }

        foreach (var claims in token.Claims.GroupBy(claim => claim.Type, StringComparer.Ordinal))
        {
            if (!Answered.Contains(claims.Key) && !claims.Key.StartsWith(Claims.Prefixes.Private, StringComparison.Ordinal))
            {
                context.Claims[claims.Key] = Values([.. claims.Select(claim => claim.Value)], claims.Key);
            }
        }

        return ValueTask.CompletedTask;
    }

    private static OpenIddictParameter Values(string[] values, string name) => name switch
    {
        Claims.AuthenticationTime => long.Parse(values[0], System.Globalization.CultureInfo.InvariantCulture),
        // These are arrays by definition, with one member as with several.
        Claims.AuthenticationMethodReference or "roles" => Several(values),
        _ when values.Length == 1 => values[0],
        _ => Several(values),
    };

    private static OpenIddictParameter Several(string[] values) => new(values.Cast<string?>().ToImmutableArray());
}
