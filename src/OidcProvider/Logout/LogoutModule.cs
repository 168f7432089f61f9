using Microsoft.AspNetCore.Mvc.RazorPages;

namespace OidcProvider.Logout;

/// <summary>
/// Owns signing out: the page at <c>/logout</c> and <c>/connect/logout</c>. Leaves to <c>Sessions</c> what ends with a session;
/// notifying relying parties will live here.
/// </summary>
internal static class LogoutModule
{
    public static void AddLogoutRoutes(RazorPagesOptions options) => options.Conventions.AddPageRoute("/Logout/EndSession", "/connect/logout");
}
