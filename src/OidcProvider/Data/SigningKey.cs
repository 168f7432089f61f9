namespace OidcProvider.Data;

/// <summary>A key of the server. The private part is sealed with the master key.</summary>
public sealed class SigningKey
{
    /// <summary>The <c>kid</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary><c>sig</c> or <c>enc</c> (RFC 7517 §4.2).</summary>
    public string Use { get; set; } = "";

    public string Algorithm { get; set; } = "";

    /// <summary>Number of the key within its algorithm; unique, so that two nodes that start at once make one key.</summary>
    public int Generation { get; set; }

    public byte[] SealedKey { get; set; } = [];

    public DateTime CreatedAt { get; set; }

    /// <summary>From when on it signs; until then it is only announced.</summary>
    public DateTime ActivateAt { get; set; }

    public DateTime? RevokedAt { get; set; }
}
