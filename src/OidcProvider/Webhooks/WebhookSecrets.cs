using System.Security.Cryptography;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Webhooks;

/// <summary>The secrets of webhooks: made here, sealed with the master key, shown once.</summary>
internal sealed class WebhookSecrets(MasterKeySource master)
{
    private const int Size = 32;

    /// <summary>A new secret in both its forms: for people, and to be kept.</summary>
    public (string Text, byte[] Sealed) Create(Guid webhook)
    {
        var secret = RandomNumberGenerator.GetBytes(Size);
        return ($"{WebhookSignature.SecretMark}{Convert.ToBase64String(secret)}", master.Key.Seal(secret, Purpose(webhook)));
    }

    /// <summary>The secrets that sign now: the one in force, and for a while the one before.</summary>
    public IReadOnlyList<byte[]> InForce(Webhook webhook, DateTime now)
    {
        var current = master.Key.Open(webhook.SealedSecret, Purpose(webhook.Id));
        return webhook is { SealedPreviousSecret: { } previous, PreviousSecretUntil: { } until } && until > now ? [current, master.Key.Open(previous, Purpose(webhook.Id))] : [current];
    }

    private static string Purpose(Guid webhook) => $"webhook/{webhook:N}";
}
