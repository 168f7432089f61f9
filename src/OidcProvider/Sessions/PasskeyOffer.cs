using OidcProvider.Hosting;

namespace OidcProvider.Sessions;

/// <summary>
/// Whether a user who signed in with a password is offered a passkey: once, until they have one, and not for three months after they said
/// "Not now" in this browser.
/// </summary>
internal static class PasskeyOffer
{
    private static readonly TimeSpan Snoozed = TimeSpan.FromDays(90);

    public static bool IsDue(HttpContext http, LiveSession live, int passkeys) =>
        passkeys == 0 && AuthenticationContext.Split(live.Session.Amr).Contains("pwd") && !http.Request.Cookies.ContainsKey(CookieName(http));

    public static void Snooze(HttpContext http) => http.Response.Cookies.Append(CookieName(http), "1", new CookieOptions
    {
        HttpOnly = true, Secure = Issuer(http).IsHttps, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = Snoozed,
    });

    private static string CookieName(HttpContext http) => $"{(Issuer(http).IsHttps ? "__Host-" : "")}oidc-passkey-later";

    private static IssuerUri Issuer(HttpContext http) => http.RequestServices.GetRequiredService<IssuerUri>();
}
