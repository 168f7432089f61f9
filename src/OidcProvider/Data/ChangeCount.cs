namespace OidcProvider.Data;

/// <summary>One row that counts changes to what nodes hold in memory (clients, scopes, keys).</summary>
public sealed class ChangeCount
{
    public const int OnlyRow = 1;

    public int Id { get; set; } = OnlyRow;

    public long Version { get; set; }
}
