namespace OidcProvider.Admin.Api;

/// <summary>An id in the path of a route. Routing decodes it but for the slash, which an id may have (a client named by a URL).</summary>
internal static class PathId
{
    public static string Of(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
