using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace OidcProvider.Hosting;

/// <summary>
/// The one secret kept outside the database. It seals private keys with AES-256-GCM, so that a copy of the
/// database alone reveals none of them. Layout of a sealed value: version (1), nonce (12), tag (16), cipher text.
/// </summary>
internal sealed class MasterKey
{
    private const byte Version = 1;
    private const int NonceSize = 12, TagSize = 16;

    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    public byte[] Seal(ReadOnlySpan<byte> plain, string purpose)
    {
        var sealedValue = new byte[1 + NonceSize + TagSize + plain.Length];
        sealedValue[0] = Version;
        var nonce = sealedValue.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(nonce, plain, sealedValue.AsSpan(1 + NonceSize + TagSize), sealedValue.AsSpan(1 + NonceSize, TagSize), Purpose(purpose));
        return sealedValue;
    }

    /// <exception cref="CryptographicException">The value was sealed with another key or for another purpose, or was altered.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedValue, string purpose)
    {
        if (sealedValue.Length < 1 + NonceSize + TagSize || sealedValue[0] != Version)
        {
            throw new CryptographicException("The sealed value has an unknown layout.");
        }

        var plain = new byte[sealedValue.Length - 1 - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(sealedValue.Slice(1, NonceSize), sealedValue[(1 + NonceSize + TagSize)..], sealedValue.Slice(1 + NonceSize, TagSize), plain, Purpose(purpose));
        return plain;
    }

    // Bound as associated data: a sealed value cannot be moved from one use to another.
    private static byte[] Purpose(string purpose) => System.Text.Encoding.UTF8.GetBytes($"oidcprovider/{purpose}");

    /// <summary>Reads the key from its setting or file. With an embedded database a missing file is made, readable by its owner only.</summary>
    public static (MasterKey? Key, string? Fault) Read(HostingOptions options, bool mayCreate)
    {
        if (!string.IsNullOrEmpty(options.MasterKey))
        {
            return Decode(options.MasterKey, "Hosting:MasterKey");
        }

        var path = Path.GetFullPath(options.MasterKeyFile);
        if (!File.Exists(path))
        {
            if (!mayCreate)
            {
                return (null, $"Hosting:MasterKeyFile: '{options.MasterKeyFile}' does not exist; make one with `openssl rand -base64 32` and give every node the same, or set Hosting:MasterKey");
            }

            PrivateFile.WriteNew(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
        }

        try
        {
            return Decode(File.ReadAllText(path), "Hosting:MasterKeyFile");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (null, $"Hosting:MasterKeyFile: cannot be read ({fault.Message})");
        }
    }

    private static (MasterKey?, string?) Decode(string text, string key)
    {
        var bytes = new byte[64];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var length) && length == 32
            ? (new MasterKey(bytes[..32]), null)
            : (null, $"{key}: must be 32 bytes in base64, as `openssl rand -base64 32` prints them");
    }
}

/// <summary>Hands out the <see cref="MasterKey"/>, or says at start what is wrong with it.</summary>
internal sealed class MasterKeySource(IOptions<HostingOptions> options, IConfiguration configuration) : IStartupCheck
{
    private readonly Lazy<(MasterKey? Key, string? Fault)> _read = new(() =>
        MasterKey.Read(options.Value, mayCreate: IsEmbedded(configuration)));

    public MasterKey Key => _read.Value.Key ?? throw new InvalidOperationException(_read.Value.Fault);

    /// <summary>Looks without making anything: <c>config check</c> must leave no file behind.</summary>
    public IEnumerable<string> Faults()
    {
        var willBeMade = IsEmbedded(configuration) && string.IsNullOrEmpty(options.Value.MasterKey) && !File.Exists(options.Value.MasterKeyFile);
        return !willBeMade && _read.Value.Fault is { } fault ? [fault] : [];
    }

    // The embedded database is the sign of one machine: only there may a node invent the key by itself.
    private static bool IsEmbedded(IConfiguration configuration) =>
        configuration["Database:Provider"] is null or "" || string.Equals(configuration["Database:Provider"], "Sqlite", StringComparison.OrdinalIgnoreCase);
}
