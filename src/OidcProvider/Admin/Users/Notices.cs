namespace OidcProvider.Admin.Users;

/// <summary>What is said at the top of a page after a change, by a key in its address, so that an address can put no words of its own there.</summary>
internal static class Notices
{
    private static readonly Dictionary<string, string> All = new(StringComparer.Ordinal)
    {
        ["created"] = "The user is made.",
        ["created-mailed"] = "The user is made, and a mail with a link to choose a password is on its way.",
        ["saved"] = "Saved.",
        ["disabled"] = "The account is disabled. Its sessions and grants have ended.",
        ["enabled"] = "The account is enabled.",
        ["unlocked"] = "The account is unlocked.",
        ["verified"] = "The address is marked as verified.",
        ["factors-reset"] = "All second factors are removed, and the user is signed out everywhere.",
        ["mailed"] = "A mail with a link to set a new password is on its way.",
        ["signed-out"] = "The user is signed out everywhere.",
        ["deleted"] = "The account is deleted.",
        ["session-ended"] = "The session has ended.",
        ["withdrawn"] = "The app can no longer use the account.",
        ["renamed"] = "The role is renamed.",
        ["removed"] = "The role is removed.",
    };

    public static string? Of(HttpRequest request) => All.GetValueOrDefault(request.Query["done"].ToString());
}
