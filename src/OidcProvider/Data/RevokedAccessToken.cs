namespace OidcProvider.Data;

/// <summary>A JWT access token that was revoked before its time (RFC 7009); kept until it would have expired anyway.</summary>
public sealed class RevokedAccessToken
{
    /// <summary>The <c>jti</c>.</summary>
    public string Id { get; set; } = "";

    public DateTime ExpiresAt { get; set; }
}
