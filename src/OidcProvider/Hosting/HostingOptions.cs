using System.ComponentModel;

namespace OidcProvider.Hosting;

/// <summary>What the server must know about the machine and the proxies around it.</summary>
internal sealed class HostingOptions
{
    public const string Section = "Hosting";

    [Description("Addresses or networks (CIDR) of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. Of one on this machine X-Forwarded-Proto always is.")]
    public string[] KnownProxies { get; set; } = [];

    [Description("How many proxies stand in front of the server, at most.")]
    public int ForwardLimit { get; set; } = 1;

    [Description("256-bit key in base64 that seals private keys kept in the database. Prefer MasterKeyFile.")]
    public string? MasterKey { get; set; }

    [Description("File with the 256-bit key in base64. Made on first start with SQLite, must exist beforehand with the other databases.")]
    public string MasterKeyFile { get; set; } = "data/master.key";

    [Description("Largest request body that is read, in bytes. Larger ones get 413.")]
    public long MaxRequestBodySize { get; set; } = 256 * 1024;
}
