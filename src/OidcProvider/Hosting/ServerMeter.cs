namespace OidcProvider.Hosting;

/// <summary>Under which name this server counts and measures.</summary>
internal static class ServerMeter
{
    public const string Name = "OidcProvider";
}
