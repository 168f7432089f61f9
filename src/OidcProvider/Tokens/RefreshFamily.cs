using System.Security.Cryptography;
using System.Text;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Tokens;

/// <summary>What a presented refresh token deserves.</summary>
internal enum RefreshVerdict
{
    /// <summary>Unused: it is exchanged for its successor.</summary>
    Rotate,

    /// <summary>Used a moment ago, and nobody has used what came of it: the same successor is handed out again.</summary>
    Repeat,

    /// <summary>Somebody else holds it: the family dies.</summary>
    Replay,

    /// <summary>Revoked or unknown.</summary>
    Refuse,
}

/// <summary>
/// The rule of refresh token families (RFC 9700 §4.14.2): at any time exactly one branch lives. A client that lost an answer, or
/// two tabs that refresh at once, get the same successor again and log nobody out; a thief gains no second branch.
/// </summary>
internal static class RefreshFamily
{
    private const int NonceSize = 12, TagSize = 16;

    public static RefreshVerdict Judge(string? status, DateTime? redeemedAt, string? successorStatus, DateTime now, TimeSpan grace) => status switch
    {
        Statuses.Valid => RefreshVerdict.Rotate,
        Statuses.Redeemed when grace > TimeSpan.Zero && redeemedAt is { } at && now - at <= grace && successorStatus == Statuses.Valid => RefreshVerdict.Repeat,
        Statuses.Redeemed => RefreshVerdict.Replay,
        _ => RefreshVerdict.Refuse,
    };

    /// <summary>
    /// Hides the successor under a key that only the holder of the predecessor can derive: the database alone reveals neither.
    /// </summary>
    public static byte[] Hide(string successor, string predecessor)
    {
        var plain = Encoding.UTF8.GetBytes(successor);
        var hidden = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(hidden.AsSpan(0, NonceSize));
        using var aes = new AesGcm(Key(predecessor), TagSize);
        aes.Encrypt(hidden.AsSpan(0, NonceSize), plain, hidden.AsSpan(NonceSize + TagSize), hidden.AsSpan(NonceSize, TagSize));
        return hidden;
    }

    public static string Reveal(byte[] hidden, string predecessor)
    {
        var plain = new byte[hidden.Length - NonceSize - TagSize];
        using var aes = new AesGcm(Key(predecessor), TagSize);
        aes.Decrypt(hidden.AsSpan(0, NonceSize), hidden.AsSpan(NonceSize + TagSize), hidden.AsSpan(NonceSize, TagSize), plain);
        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] Key(string predecessor) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(predecessor), 32, info: "refresh-successor"u8.ToArray());
}
