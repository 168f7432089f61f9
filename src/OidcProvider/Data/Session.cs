namespace OidcProvider.Data;

/// <summary>A signed-in browser. Its cookie holds a random handle of which only the hash is kept here.</summary>
public sealed class Session
{
    /// <summary>Public name of the session: the <c>sid</c> claim (Back-Channel Logout 1.0 §2.1).</summary>
    public Guid Id { get; set; }

    /// <summary>SHA-256 of the cookie's handle.</summary>
    public byte[] HandleHash { get; set; } = [];

    public Guid UserId { get; set; }

    /// <summary>When the user last proved who they are (<c>auth_time</c>).</summary>
    public DateTime AuthenticatedAt { get; set; }

    /// <summary>How, as space-separated RFC 8176 values.</summary>
    public string Amr { get; set; } = "";

    public string? Acr { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime LastSeenAt { get; set; }

    /// <summary>The end that no activity moves.</summary>
    public DateTime ExpiresAt { get; set; }

    public DateTime? EndedAt { get; set; }

    public string? UserAgent { get; set; }

    public string? Address { get; set; }
}
