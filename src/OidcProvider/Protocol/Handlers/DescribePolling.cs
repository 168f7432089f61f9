using OidcProvider.Tokens;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>Tells the device how often it may ask (RFC 8628 §3.2).</summary>
internal sealed class DescribePolling : IOpenIddictServerHandler<ApplyDeviceAuthorizationResponseContext>
{
    public ValueTask HandleAsync(ApplyDeviceAuthorizationResponseContext context)
    {
        if (string.IsNullOrEmpty(context.Error))
        {
            context.Response["interval"] = CheckTokenState.PollInterval;
        }

        return ValueTask.CompletedTask;
    }
}
