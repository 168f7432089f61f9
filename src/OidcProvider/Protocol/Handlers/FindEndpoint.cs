using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// Tells by its path which endpoint a request is for. Replaces the engine's step, which puts a dozen addresses together for every request,
/// those for pages included, to compare them with the one it came to; that host and scheme are the issuer's has been seen to before.
/// </summary>
internal sealed class FindEndpoint : IOpenIddictServerHandler<ProcessRequestContext>
{
    private readonly ConditionalWeakTable<OpenIddictServerOptions, FrozenDictionary<string, OpenIddictServerEndpointType>> _paths = [];

    public ValueTask HandleAsync(ProcessRequestContext context)
    {
        var path = context.Transaction.GetHttpRequest()!.Path.Value.AsSpan();
        // As routing does it: one slash at the end is none, and case is no difference.
        path = path.Length > 1 && path[^1] == '/' ? path[..^1] : path;
        var known = _paths.GetValue(context.Options, Paths).GetAlternateLookup<ReadOnlySpan<char>>();
        context.EndpointType = known.TryGetValue(path, out var type) ? type : OpenIddictServerEndpointType.Unknown;
        return ValueTask.CompletedTask;
    }

    private static FrozenDictionary<string, OpenIddictServerEndpointType> Paths(OpenIddictServerOptions options) => new[]
    {
        (options.AuthorizationEndpointUris, OpenIddictServerEndpointType.Authorization),
        (options.ConfigurationEndpointUris, OpenIddictServerEndpointType.Configuration),
        (options.DeviceAuthorizationEndpointUris, OpenIddictServerEndpointType.DeviceAuthorization),
        (options.EndSessionEndpointUris, OpenIddictServerEndpointType.EndSession),
        (options.EndUserVerificationEndpointUris, OpenIddictServerEndpointType.EndUserVerification),
        (options.IntrospectionEndpointUris, OpenIddictServerEndpointType.Introspection),
        (options.JsonWebKeySetEndpointUris, OpenIddictServerEndpointType.JsonWebKeySet),
        (options.PushedAuthorizationEndpointUris, OpenIddictServerEndpointType.PushedAuthorization),
        (options.RevocationEndpointUris, OpenIddictServerEndpointType.Revocation),
        (options.TokenEndpointUris, OpenIddictServerEndpointType.Token),
        (options.UserInfoEndpointUris, OpenIddictServerEndpointType.UserInfo),
    }.SelectMany(endpoint => endpoint.Item1.Select(uri => (Path: $"/{uri.OriginalString}", Type: endpoint.Item2))).ToFrozenDictionary(entry => entry.Path, entry => entry.Type, StringComparer.OrdinalIgnoreCase);
}
