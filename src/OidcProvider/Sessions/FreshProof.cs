using Microsoft.AspNetCore.WebUtilities;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Sessions;

/// <summary>Whether a user proved a moment ago who they are, as changes to what protects an account ask (ASVS 5.0 7.5.1), and the way to do so.</summary>
internal static class FreshProof
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    public static bool IsFresh(Session session, DateTimeOffset now) => now.UtcDateTime - session.AuthenticatedAt <= Fresh;

    /// <summary>The sign-in page, with the way back to the page that asks.</summary>
    public static string Url(FormPage page, User user) => QueryHelpers.AddQueryString($"{page.Request.PathBase}/login", new Dictionary<string, string?>
    {
        ["reason"] = "fresh",
        ["returnUrl"] = ReturnUrl.With(page.Request.PathBase + page.Request.Path, page.ReturnUrl),
        ["login_hint"] = user.Email ?? user.UserName,
    });
}
