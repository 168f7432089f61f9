using System.Collections.Immutable;
using OidcProvider.Languages;
using OidcProvider.Sessions;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// Completes the metadata (RFC 8414 §2, OpenID Connect Discovery 1.0 §3): what the engine does not say of itself, and without the
/// members that no standard knows.
/// </summary>
internal sealed class DescribeServer : IOpenIddictServerHandler<HandleConfigurationRequestContext>, IOpenIddictServerHandler<ApplyConfigurationResponseContext>
{
    public ValueTask HandleAsync(HandleConfigurationRequestContext context)
    {
        // Public clients present no secret at the token endpoint; only confidential ones may introspect.
        context.TokenEndpointAuthenticationMethods.Clear();
        context.TokenEndpointAuthenticationMethods.UnionWith([ClientAuthenticationMethods.ClientSecretBasic, ClientAuthenticationMethods.ClientSecretPost, ClientAuthenticationMethods.None]);
        context.RevocationEndpointAuthenticationMethods.Clear();
        context.RevocationEndpointAuthenticationMethods.UnionWith([ClientAuthenticationMethods.ClientSecretBasic, ClientAuthenticationMethods.ClientSecretPost, ClientAuthenticationMethods.None]);
        context.IntrospectionEndpointAuthenticationMethods.Clear();
        context.IntrospectionEndpointAuthenticationMethods.UnionWith([ClientAuthenticationMethods.ClientSecretBasic, ClientAuthenticationMethods.ClientSecretPost]);
        return ValueTask.CompletedTask;
    }

    public ValueTask HandleAsync(ApplyConfigurationResponseContext context)
    {
        context.Response["pushed_authorization_request_endpoint_auth_methods_supported"] = null;
        context.Response["device_authorization_endpoint_auth_methods_supported"] = null;
        // OpenID Connect Discovery 1.0 §3.
        context.Response["ui_locales_supported"] = new OpenIddictParameter(Language.All.Select(language => (string?)language.Tag).ToImmutableArray());
        context.Response["acr_values_supported"] = new OpenIddictParameter(AuthenticationContext.Supported.Cast<string?>().ToImmutableArray());
        return ValueTask.CompletedTask;
    }
}
