namespace OidcProvider.Data;

/// <summary>An element of ASP.NET Core's key ring (antiforgery, short-lived markers); its secret part is encrypted inside the XML.</summary>
public sealed class DataProtectionKey
{
    public string Id { get; set; } = "";

    public string Xml { get; set; } = "";
}
