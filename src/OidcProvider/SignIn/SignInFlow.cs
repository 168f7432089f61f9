using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using OidcProvider.Audit;
using OidcProvider.Sessions;
using OidcProvider.Users;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.SignIn;

/// <summary>Every sign-in passes here: the proof is checked, the outcome recorded, the session begun.</summary>
internal sealed class SignInFlow(UserDirectory users, AuditLog audit, ILogger<SignInFlow> logger)
{
    public async Task<bool> WithPasswordAsync(HttpContext http, string username, string password)
    {
        var check = await users.CheckPasswordAsync(username, password, http.RequestAborted);
        if (check.User is not { } user)
        {
            logger.LogInformation("Sign-in refused: {Reason} [{RequestId}]", check.Reason, http.TraceIdentifier);
            await audit.WriteAsync(AuditEvents.SignInFailed, actor: null, subject: check.Account?.ToString(), reason: check.Reason);
            return false;
        }

        // RFC 8176 §2: how the user proved who they are.
        var identity = new ClaimsIdentity(
            [new Claim(Claims.Subject, user.Id.ToString()), new Claim(Claims.AuthenticationMethodReference, AuthenticationMethodReferences.Password)],
            SessionAuthenticationHandler.SchemeName);
        await http.SignInAsync(SessionAuthenticationHandler.SchemeName, new ClaimsPrincipal(identity));
        return true;
    }
}
