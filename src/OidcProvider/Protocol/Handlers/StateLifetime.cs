using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// States <c>expires_in</c> as the life that was given, to the second. The engine counts from the end of the request and so answers
/// one second less than the setting says.
/// </summary>
internal sealed class StateLifetime : IOpenIddictServerHandler<ProcessSignInContext>
{
    public ValueTask HandleAsync(ProcessSignInContext context)
    {
        var issued = context.AccessTokenPrincipal ?? context.IssuedTokenPrincipal ?? context.DeviceCodePrincipal ?? context.RequestTokenPrincipal;
        if (context.Response.ExpiresIn is not null && issued?.GetExpirationDate() - issued?.GetCreationDate() is { } life)
        {
            context.Response.ExpiresIn = (long)Math.Round(life.TotalSeconds);
        }

        return ValueTask.CompletedTask;
    }
}
