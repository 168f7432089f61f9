namespace OidcProvider.Data;

/// <summary>An element of ASP.NET Core's key ring (antiforgery, short-lived markers), sealed with the master key.</summary>
public sealed class DataProtectionKey
{
    public string Id { get; set; } = "";

    public byte[] SealedXml { get; set; } = [];
}
