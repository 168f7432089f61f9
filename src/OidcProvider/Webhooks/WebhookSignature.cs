using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OidcProvider.Webhooks;

/// <summary>
/// Signs a message as the Standard Webhooks specification says: HMAC-SHA256 over <c>id.timestamp.body</c>. The time is in it, so that an old message
/// cannot be played back; with two secrets in force there are two signatures. Pure.
/// </summary>
internal static class WebhookSignature
{
    public const string Id = "webhook-id", Timestamp = "webhook-timestamp", Signature = "webhook-signature";

    /// <summary>What a secret begins with where people see it.</summary>
    public const string SecretMark = "whsec_";

    public static string Of(IEnumerable<byte[]> secrets, string id, DateTimeOffset at, string body)
    {
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.{body}"));
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}"));
    }
}
