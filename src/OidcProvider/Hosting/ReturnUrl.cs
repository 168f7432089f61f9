namespace OidcProvider.Hosting;

/// <summary>Decides where a finished step may lead: to a path of this server and nowhere else.</summary>
internal static class ReturnUrl
{
    private const int MaxLength = 16 * 1024;

    public static string OrHome(string? url, PathString pathBase) => IsLocal(url) ? url! : $"{pathBase}/";

    /// <summary>A page of ours that goes on to the return URL afterwards.</summary>
    public static string With(string page, string? url) => IsLocal(url) ? $"{page}?returnUrl={Uri.EscapeDataString(url!)}" : page;

    /// <summary>
    /// A path that begins with exactly one slash. Backslashes count as slashes in browsers and tabs and line breaks are
    /// dropped by them, so none of these may occur anywhere.
    /// </summary>
    public static bool IsLocal(string? url) =>
        url is { Length: > 0 and <= MaxLength }
        && url[0] == '/'
        && (url.Length == 1 || url[1] != '/')
        && !url.Any(character => character == '\\' || char.IsControl(character));
}
