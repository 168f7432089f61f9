using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Keys;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OidcProvider.Tokens;

/// <summary>
/// Seals what a code or refresh token stands for: its claims as JSON, under AES-256-GCM with a key derived from the server's encryption
/// key and bound to the row they lie in, so that a copy of the database reveals none of it and an edited row opens no more. A nested
/// JWT, the engine's own way, costs two signature operations for what nobody else reads.
/// </summary>
internal sealed class StateSeal(KeyRing keys)
{
    private const string Prefix = "s1.";
    private const int NonceSize = 12, TagSize = 16;

    private readonly ConcurrentDictionary<string, byte[]> _derived = new(StringComparer.Ordinal);

    public static bool IsSealed(string? payload) => payload?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    public string Seal(IEnumerable<Claim> claims, Guid row)
    {
        var plain = Write(claims);
        var key = keys.Current.Encrypting[0].Key;
        var cipher = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(cipher.AsSpan(0, NonceSize));
        using var aes = new AesGcm(Derive(key), TagSize);
        aes.Encrypt(cipher.AsSpan(0, NonceSize), plain, cipher.AsSpan(NonceSize + TagSize), cipher.AsSpan(NonceSize, TagSize), row.ToByteArray());
        return $"{Prefix}{key.KeyId}.{WebEncoders.Base64UrlEncode(cipher)}";
    }

    /// <summary>The claims again, or null when the key is gone (revoked) or the row was tampered with.</summary>
    public ClaimsIdentity? Open(string payload, Guid row)
    {
        var dot = payload.LastIndexOf('.');
        var id = payload[Prefix.Length..dot];
        if (keys.Current.Encrypting.FirstOrDefault(known => known.Key.KeyId == id)?.Key is not { } key)
        {
            return null;
        }

        var cipher = WebEncoders.Base64UrlDecode(payload, dot + 1, payload.Length - dot - 1);
        var plain = new byte[cipher.Length - NonceSize - TagSize];
        try
        {
            using var aes = new AesGcm(Derive(key), TagSize);
            aes.Decrypt(cipher.AsSpan(0, NonceSize), cipher.AsSpan(NonceSize + TagSize), cipher.AsSpan(NonceSize, TagSize), plain, row.ToByteArray());
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Read(plain);
    }

    private byte[] Derive(SecurityKey key) => _derived.GetOrAdd(key.KeyId, static (_, secret) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Key, 32, info: Encoding.ASCII.GetBytes("token-state")), (SymmetricSecurityKey)key);

    // [type, value, value type unless it is text, …]: flat, since there are dozens for each token.
    private static ReadOnlySpan<byte> Write(IEnumerable<Claim> claims)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var claim in claims)
            {
                writer.WriteStringValue(claim.Type);
                writer.WriteStringValue(claim.Value);
                writer.WriteStringValue(claim.ValueType == ClaimValueTypes.String ? "" : claim.ValueType);
            }

            writer.WriteEndArray();
        }

        return buffer.WrittenSpan;
    }

    private static ClaimsIdentity Read(ReadOnlySpan<byte> json)
    {
        var identity = new ClaimsIdentity("OidcProvider", Claims.Name, Claims.Role);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.String)
        {
            var type = reader.GetString()!;
            reader.Read();
            var value = reader.GetString()!;
            reader.Read();
            identity.AddClaim(new Claim(type, value, reader.GetString() is { Length: > 0 } other ? other : ClaimValueTypes.String));
        }

        return identity;
    }
}
