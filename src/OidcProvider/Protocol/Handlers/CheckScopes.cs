using System.Collections.Immutable;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OidcProvider.Protocol.Handlers;

/// <summary>
/// A client may ask for the scopes it is registered for and no others (RFC 6749 §3.3, §5.2 <c>invalid_scope</c>). What is registered
/// is known to exist, so this is the only question about scopes and it is answered from memory.
/// </summary>
internal sealed class CheckScopes :
    IOpenIddictServerHandler<ValidateAuthorizationRequestContext>,
    IOpenIddictServerHandler<ValidatePushedAuthorizationRequestContext>,
    IOpenIddictServerHandler<ValidateDeviceAuthorizationRequestContext>,
    IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context) => Check(context, context.Request.GetScopes());

    public ValueTask HandleAsync(ValidatePushedAuthorizationRequestContext context) => Check(context, context.Request.GetScopes());

    public ValueTask HandleAsync(ValidateDeviceAuthorizationRequestContext context) => Check(context, context.Request.GetScopes());

    public ValueTask HandleAsync(ValidateTokenRequestContext context) => Check(context, context.Request.GetScopes());

    private static ValueTask Check(BaseValidatingContext context, ImmutableArray<string> asked)
    {
        var allowed = CheckClient.Current(context.Transaction)?.Definition.Scopes() ?? [];
        if (asked.FirstOrDefault(scope => !allowed.Contains(scope)) is { } wrong)
        {
            // Only what RFC 6749 §5.2 lets stand in a description.
            var printable = new string([.. wrong.Take(60).Where(character => character is > ' ' and <= '~' and not '"' and not '\\')]);
            context.Reject(Errors.InvalidScope, $"The client is not registered for the scope {printable}.");
        }

        return ValueTask.CompletedTask;
    }
}
