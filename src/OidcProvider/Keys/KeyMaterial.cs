using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Keys;

/// <summary>Makes private keys and turns stored ones into credentials. A sealed key is bound to its id.</summary>
internal static class KeyMaterial
{
    public static string Purpose(string id) => $"signing-key/{id}";

    public static byte[] Create(string algorithm) => algorithm switch
    {
        SecurityAlgorithms.Aes256KW => RandomNumberGenerator.GetBytes(32),
        SecurityAlgorithms.EcdsaSha256 => Export(() => ECDsa.Create(ECCurve.NamedCurves.nistP256)),
        SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.RsaSsaPssSha256 => Export(() => RSA.Create(2048)),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "No key can be made for this algorithm."),
    };

    // The algorithm object lives as long as the credentials that use it: requests in flight may still hold them.
    public static SigningCredentials Signing(SigningKey row, MasterKey master)
    {
        var material = Open(row, master);
        AsymmetricSecurityKey key;
        if (row.Algorithm == SecurityAlgorithms.EcdsaSha256)
        {
            var curve = ECDsa.Create();
            curve.ImportPkcs8PrivateKey(material, out _);
            key = new ECDsaSecurityKey(curve) { KeyId = row.Id };
        }
        else
        {
            var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(material, out _);
            key = new RsaSecurityKey(rsa) { KeyId = row.Id };
        }

        CryptographicOperations.ZeroMemory(material);
        return new SigningCredentials(key, row.Algorithm);
    }

    public static EncryptingCredentials Encrypting(SigningKey row, MasterKey master) =>
        new(new SymmetricSecurityKey(Open(row, master)) { KeyId = row.Id }, row.Algorithm, SecurityAlgorithms.Aes256CbcHmacSha512);

    private static byte[] Open(SigningKey row, MasterKey master)
    {
        try
        {
            return master.Open(row.SealedKey, Purpose(row.Id));
        }
        catch (CryptographicException fault)
        {
            throw new InvalidOperationException("Hosting:MasterKeyFile: the keys in the database were sealed with another master key; restore the one this database was made with.", fault);
        }
    }

    private static byte[] Export<T>(Func<T> create) where T : AsymmetricAlgorithm
    {
        using var algorithm = create();
        return algorithm.ExportPkcs8PrivateKey();
    }
}
