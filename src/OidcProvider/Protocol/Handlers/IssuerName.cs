using OidcProvider.Hosting;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// Writes the issuer exactly as configured wherever an answer names it. The engine keeps it as a URI and so adds a slash to a bare
/// host, which clients that compare strings refuse (OpenID Connect Discovery 1.0 §4.3, RFC 9207 §2.4).
/// </summary>
internal sealed class IssuerName(IssuerUri issuer) :
    IOpenIddictServerHandler<ApplyConfigurationResponseContext>,
    IOpenIddictServerHandler<ApplyAuthorizationResponseContext>,
    IOpenIddictServerHandler<ApplyIntrospectionResponseContext>,
    IOpenIddictServerHandler<ApplyUserInfoResponseContext>
{
    public ValueTask HandleAsync(ApplyConfigurationResponseContext context) => Write(context.Response);

    public ValueTask HandleAsync(ApplyAuthorizationResponseContext context) => Write(context.Response);

    public ValueTask HandleAsync(ApplyIntrospectionResponseContext context) => Write(context.Response);

    public ValueTask HandleAsync(ApplyUserInfoResponseContext context) => Write(context.Response);

    private ValueTask Write(OpenIddict.Abstractions.OpenIddictResponse? response)
    {
        foreach (var name in new[] { Claims.Issuer, Metadata.Issuer })
        {
            if (response?.HasParameter(name) == true)
            {
                response[name] = issuer.Value;
            }
        }

        return ValueTask.CompletedTask;
    }
}
