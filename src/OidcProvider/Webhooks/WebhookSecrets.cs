using System.Security.Cryptography;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Webhooks;

/// <summary>The secrets of webhooks: made here or brought along, sealed with the master key, shown once.</summary>
internal sealed class WebhookSecrets(MasterKeySource master)
{
    private const int Size = 32;

    /// <summary>A secret in both its forms: for people, and to be kept. A new one, unless one is <paramref name="chosen"/>.</summary>
    public (string Text, byte[] Sealed) Create(Guid webhook, string? chosen = null)
    {
        var secret = chosen is null ? RandomNumberGenerator.GetBytes(Size) : Read(chosen) ?? throw new ArgumentException("is no secret of a webhook", nameof(chosen));
        return ($"{WebhookSignature.SecretMark}{Convert.ToBase64String(secret)}", master.Key.Seal(secret, Purpose(webhook)));
    }

    /// <summary>Whether the webhook signs with this secret.</summary>
    public bool Is(Webhook webhook, string text) => Read(text) is { } secret && CryptographicOperations.FixedTimeEquals(secret, master.Key.Open(webhook.SealedSecret, Purpose(webhook.Id)));

    /// <summary>The bytes of a secret as people write one; null when it is none. The lengths are those of the Standard Webhooks specification.</summary>
    public static byte[]? Read(string text)
    {
        if (!text.StartsWith(WebhookSignature.SecretMark, StringComparison.Ordinal))
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text[WebhookSignature.SecretMark.Length..], bytes, out var length) && length is >= 24 and <= 64 ? bytes[..length] : null;
    }

    /// <summary>The secrets that sign now: the one in force, and for a while the one before.</summary>
    public IReadOnlyList<byte[]> InForce(Webhook webhook, DateTime now)
    {
        var current = master.Key.Open(webhook.SealedSecret, Purpose(webhook.Id));
        return webhook is { SealedPreviousSecret: { } previous, PreviousSecretUntil: { } until } && until > now ? [current, master.Key.Open(previous, Purpose(webhook.Id))] : [current];
    }

    private static string Purpose(Guid webhook) => $"webhook/{webhook:N}";
}
