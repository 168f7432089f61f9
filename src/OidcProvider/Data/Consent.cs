namespace OidcProvider.Data;

/// <summary>The scopes a user allowed a client, remembered until withdrawn.</summary>
public sealed class Consent
{
    public Guid UserId { get; set; }

    public Guid ClientId { get; set; }

    /// <summary>Space-separated, sorted.</summary>
    public string Scopes { get; set; } = "";

    public DateTime GrantedAt { get; set; }
}
