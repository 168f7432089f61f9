using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace OidcProvider.ApiKeys;

/// <summary>A key as it was made: the text to hand out once, and what is kept of it.</summary>
internal sealed record GeneratedKey(string Text, string Prefix, byte[] Hash);

/// <summary>
/// What an API key looks like: <c>oidck_</c>, eight characters by which people and the database know it, 256 random bits, and a checksum over all
/// before it, so that a typing error costs no look-up and a secret scanner can tell a leaked key from text that only looks like one
/// (match <c>oidck_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}</c>; the last six are the CRC-32C of the rest in base 62). Pure but for the random bits.
/// </summary>
internal static partial class ApiKeyFormat
{
    public const string Mark = "oidck_";

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int NameLength = 8, SecretBytes = 32, SecretLength = 43, ChecksumLength = 6, Length = 6 + NameLength + 1 + SecretLength + ChecksumLength;

    public static GeneratedKey Create()
    {
        var prefix = Mark + RandomNumberGenerator.GetString(Digits, NameLength);
        var secret = new BigInteger(RandomNumberGenerator.GetBytes(SecretBytes), isUnsigned: true);
        var body = $"{prefix}_{Base62(secret, SecretLength)}";
        var text = body + Checksum(body);
        return new GeneratedKey(text, prefix, Hash(text));
    }

    /// <summary>Whether somebody meant this to be one of our keys, right or wrong.</summary>
    public static bool IsMeant(string presented) => presented.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>The readable beginning of a key whose checksum is right, or null.</summary>
    public static string? PrefixOf(string presented) =>
        presented.Length == Length && Pattern().IsMatch(presented) && Checksum(presented[..^ChecksumLength]) == presented[^ChecksumLength..]
            ? presented[..(Mark.Length + NameLength)]
            : null;

    /// <summary>One SHA-256 is enough: there is nothing to guess in 256 random bits.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.ASCII.GetBytes(text));

    private static string Checksum(string body)
    {
        var crc = uint.MaxValue;
        foreach (var character in body)
        {
            crc = BitOperations.Crc32C(crc, (byte)character);
        }

        return Base62(~crc, ChecksumLength);
    }

    private static string Base62(BigInteger number, int length)
    {
        var text = new char[length];
        for (var i = length - 1; i >= 0; i--)
        {
            number = BigInteger.DivRem(number, Digits.Length, out var digit);
            text[i] = Digits[(int)digit];
        }

        return new string(text);
    }

    [GeneratedRegex(@"\Aoidck_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
