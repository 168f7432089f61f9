using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Keys;

/// <summary>The keys in force: what signs, what is published, what encrypts.</summary>
internal sealed record KeySet(IReadOnlyList<SigningCredentials> Signing, IReadOnlyList<EncryptingCredentials> Encrypting)
{
    /// <summary>The newest active key for an algorithm; the published list begins with it.</summary>
    public SigningCredentials For(string algorithm) =>
        Signing.FirstOrDefault(credentials => credentials.Algorithm == algorithm)
        ?? throw new InvalidOperationException($"There is no signing key for {algorithm}.");
}

/// <summary>
/// Makes, seals and loads the server's keys. RS256, PS256 and ES256 stand side by side so that a client may ask for either;
/// what only this server reads (codes, refresh tokens) is signed with ES256, the cheapest, and encrypted with A256KW.
/// </summary>
internal sealed class KeyRing(IServiceScopeFactory scopes, MasterKeySource master, TimeProvider time)
{
    /// <summary>Algorithm of the tokens that only this server reads.</summary>
    public const string InternalAlgorithm = SecurityAlgorithms.EcdsaSha256;

    private static readonly string[] SigningAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    private volatile KeySet? _current;

    public KeySet Current => _current ?? throw new InvalidOperationException("The keys have not been loaded yet.");

    /// <summary>Makes the keys that are missing and loads all. Of several nodes that start at once, one makes each key.</summary>
    public async Task EnsureAsync(CancellationToken cancellation = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var have = await database.SigningKeys.Select(key => key.Algorithm).Distinct().ToListAsync(cancellation);
        foreach (var algorithm in SigningAlgorithms.Append(SecurityAlgorithms.Aes256KW).Except(have, StringComparer.Ordinal))
        {
            database.SigningKeys.Add(Create(algorithm, generation: 1));
            try
            {
                await database.SaveChangesAsync(cancellation);
            }
            catch (DbUpdateException) when (database.ChangeTracker.Entries<SigningKey>().Any(entry => entry.State == EntityState.Added))
            {
                // Another node was first: its key is the one.
                database.ChangeTracker.Clear();
                if (!await database.SigningKeys.AnyAsync(key => key.Algorithm == algorithm, cancellation))
                {
                    throw;
                }
            }
        }

        var rows = await database.SigningKeys.AsNoTracking().Where(key => key.RevokedAt == null).OrderByDescending(key => key.ActivateAt).ToListAsync(cancellation);
        _current = Load(rows);
    }

    private SigningKey Create(string algorithm, int generation)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var id = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(12));
        var material = algorithm switch
        {
            SecurityAlgorithms.Aes256KW => RandomNumberGenerator.GetBytes(32),
            SecurityAlgorithms.EcdsaSha256 => Export(() => ECDsa.Create(ECCurve.NamedCurves.nistP256)),
            _ => Export(() => RSA.Create(2048)),
        };
        var row = new SigningKey
        {
            Id = id,
            Algorithm = algorithm,
            Use = algorithm == SecurityAlgorithms.Aes256KW ? "enc" : "sig",
            Generation = generation,
            CreatedAt = now,
            ActivateAt = now,
            SealedKey = master.Key.Seal(material, Purpose(id)),
        };
        CryptographicOperations.ZeroMemory(material);
        return row;
    }

    private KeySet Load(IEnumerable<SigningKey> rows)
    {
        List<SigningCredentials> signing = [];
        List<EncryptingCredentials> encrypting = [];
        foreach (var row in rows)
        {
            var material = Open(row);
            if (row.Use == "enc")
            {
                encrypting.Add(new EncryptingCredentials(new SymmetricSecurityKey(material) { KeyId = row.Id }, row.Algorithm, SecurityAlgorithms.Aes256CbcHmacSha512));
                continue;
            }

            signing.Add(new SigningCredentials(Import(row, material), row.Algorithm));
            CryptographicOperations.ZeroMemory(material);
        }

        // RS256 first: a naive relying party takes the first key it is shown.
        return new KeySet([.. signing.OrderBy(credentials => Array.IndexOf(SigningAlgorithms, credentials.Algorithm))], encrypting);
    }

    private byte[] Open(SigningKey row)
    {
        try
        {
            return master.Key.Open(row.SealedKey, Purpose(row.Id));
        }
        catch (CryptographicException fault)
        {
            throw new InvalidOperationException("Hosting:MasterKeyFile: the keys in the database were sealed with another master key; restore the one this database was made with.", fault);
        }
    }

    // The algorithm object lives as long as the credentials that use it.
    private static AsymmetricSecurityKey Import(SigningKey row, byte[] material)
    {
        if (row.Algorithm == SecurityAlgorithms.EcdsaSha256)
        {
            var curve = ECDsa.Create();
            curve.ImportPkcs8PrivateKey(material, out _);
            return new ECDsaSecurityKey(curve) { KeyId = row.Id };
        }

        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(material, out _);
        return new RsaSecurityKey(rsa) { KeyId = row.Id };
    }

    private static byte[] Export<T>(Func<T> create) where T : AsymmetricAlgorithm
    {
        using var algorithm = create();
        return algorithm.ExportPkcs8PrivateKey();
    }

    private static string Purpose(string id) => $"signing-key/{id}";
}
