using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>People type the code of their device in small letters as well (RFC 8628 §6.1); codes are made of capitals.</summary>
internal sealed class ReadUserCode : IOpenIddictServerHandler<ExtractEndUserVerificationRequestContext>
{
    public ValueTask HandleAsync(ExtractEndUserVerificationRequestContext context)
    {
        if (context.Request is { UserCode: { } code } request)
        {
            request.UserCode = code.ToUpperInvariant();
        }

        return ValueTask.CompletedTask;
    }
}
