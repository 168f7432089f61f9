namespace OidcProvider.Data;

/// <summary>One row that counts changes to clients, scopes and keys: every node watches it and drops what it holds in memory.</summary>
public sealed class RegistryVersion
{
    public const int OnlyRow = 1;

    public int Id { get; set; } = OnlyRow;

    public long Version { get; set; }
}
