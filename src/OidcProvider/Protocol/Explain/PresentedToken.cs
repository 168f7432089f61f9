using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Protocol.Explain;

/// <summary>What is the matter with a code or token. Only the server's state knows; the words of the refusal tell.</summary>
internal static class PresentedToken
{
    public static Verdict? Judge(Refusal refusal)
    {
        var what = What(refusal);
        if (refusal.Error == Errors.SlowDown)
        {
            return Verdict.Failed("The device asks more often than it was told to.", "Wait the interval of the device answer between two requests, and five seconds longer after each slow_down (RFC 8628 §3.5).");
        }

        if (refusal.Error == Errors.AccessDenied)
        {
            return Verdict.Failed("The user denied the device.", "Nothing is broken; start again if the user wants to.");
        }

        return refusal.Says("already been") ? Used(refusal, what)
            : refusal.Says("cannot be used by this client") || refusal.Says("different client") || refusal.Says("another client") ? Verdict.Failed($"The {what} was issued to another client.", $"Use it with the client_id that asked for it.")
            : refusal.Says("been revoked") || refusal.Says("authorization associated") ? Verdict.Failed($"The {what} has been revoked: the user withdrew the app's access, the client or an administrator revoked it, or it was replayed.", "Send the user through the authorization endpoint again; the audit trail of this client says who revoked it.")
            : refusal.Says("no longer valid") || refusal.Error == Errors.ExpiredToken || refusal.Says("expired") ? Late(refusal, what)
            : refusal.Says("is invalid") || refusal.Says("not valid") || refusal.Says("is not a") || refusal.Says("expected type") || refusal.Says("signature") ? Verdict.Failed($"The {what} is none of this server's: made up, cut short, of another kind or of another environment.", $"Send the {what} as it was received, once decoded, to the server that issued it.")
            : Verdict.Passed();
    }

    private static Verdict Used(Refusal refusal, string what) => refusal[Parameters.GrantType] switch
    {
        GrantTypes.RefreshToken => Verdict.Failed("The refresh token was replaced by a newer one and then used again; the whole sign-in has been revoked, because one of two holders is not the app.", "Keep the refresh token of every answer and use only the newest; let one request at a time refresh."),
        GrantTypes.AuthorizationCode => Verdict.Failed("The authorization code has already been used; what came of it has been revoked.", "Redeem each code once: look for a callback that runs twice (reload, back button, retries, effects that run twice in development)."),
        _ => Verdict.Failed($"The {what} has already been used.", "Stop asking once the tokens have been received."),
    };

    private static Verdict Late(Refusal refusal, string what) => refusal[Parameters.GrantType] switch
    {
        GrantTypes.AuthorizationCode => Verdict.Failed("The authorization code has expired or was revoked.", "Redeem the code at once: it lives for Protocol:AuthorizationCodeLifetime, a minute unless it was set."),
        GrantTypes.DeviceCode => Verdict.Failed("The device code has expired before the user was done.", "Start the device flow again and show the new code."),
        _ => Verdict.Failed($"The {what} has expired or was revoked.", "Send the user to sign in again."),
    };

    private static string What(Refusal refusal) => refusal[Parameters.GrantType] switch
    {
        GrantTypes.AuthorizationCode => "authorization code",
        GrantTypes.RefreshToken => "refresh token",
        GrantTypes.DeviceCode => "device code",
        _ => "token",
    };
}
