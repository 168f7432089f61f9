namespace OidcProvider.Clients;

/// <summary>
/// Clients that belong to the server itself, like its command line. Their ids begin alike; only the server registers them, at its start, and
/// nobody changes them afterwards (attack H03).
/// </summary>
internal static class BuiltInClients
{
    public const string Prefix = "oidcprovider-", Actor = "server";

    public static bool Contains(string? clientId) => clientId?.StartsWith(Prefix, StringComparison.Ordinal) == true;
}
