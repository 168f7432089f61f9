using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Keys;

/// <summary>The keys in force: what signs, what is published, what encrypts.</summary>
internal sealed record KeySet(
    IReadOnlyDictionary<string, SigningCredentials> Active, IReadOnlyList<SigningCredentials> Published, IReadOnlyList<EncryptingCredentials> Encrypting, DateTime? ChangesAt)
{
    /// <summary>The key that signs with an algorithm now.</summary>
    public SigningCredentials For(string algorithm) =>
        Active.TryGetValue(algorithm, out var credentials) ? credentials : throw new InvalidOperationException($"There is no signing key for {algorithm}.");
}

/// <summary>
/// Loads the server's keys and makes those that are due. RS256, PS256 and ES256 stand side by side so that a client may ask for
/// either; what only this server reads (codes, refresh tokens) is signed with ES256, the cheapest, and encrypted with A256KW.
/// </summary>
internal sealed class KeyRing(IServiceScopeFactory scopes, MasterKeySource master, KeyReload reload, TimeProvider time, IOptions<KeysOptions> options) : IHeldInMemory
{
    /// <summary>Algorithm of the tokens that only this server reads.</summary>
    public const string InternalAlgorithm = SecurityAlgorithms.EcdsaSha256;

    // RS256 first: a naive relying party takes the first key it is shown.
    private static readonly string[] SigningAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    private volatile KeySet? _current;

    public KeySet Current => _current ?? throw new InvalidOperationException("The keys have not been loaded yet.");

    /// <summary>Makes what is due and loads all.</summary>
    public async Task EnsureAsync(CancellationToken cancellation = default)
    {
        await MakeDueAsync(cancellation);
        await RefreshAsync(cancellation);
    }

    /// <summary>Makes the keys that are due. Of several nodes that do so at once, one makes each key.</summary>
    /// <returns>Those made here.</returns>
    public async Task<IReadOnlyList<SigningKey>> MakeDueAsync(CancellationToken cancellation = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        List<SigningKey> made = [];
        foreach (var algorithm in SigningAlgorithms.Append(SecurityAlgorithms.Aes256KW))
        {
            if (await MakeAsync(scope.ServiceProvider, algorithm, at: null, actor: null, cancellation) is { } key)
            {
                made.Add(key);
            }
        }

        return made;
    }

    /// <summary>Makes the next key of an algorithm ahead of time; it is announced first, unless there is none to sign with.</summary>
    /// <returns>The key; null when another node has just made it.</returns>
    public async Task<SigningKey?> RotateAsync(string algorithm, string actor, CancellationToken cancellation = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await MakeAsync(scope.ServiceProvider, algorithm, time.GetUtcNow().UtcDateTime + options.Value.AnnounceFor, actor, cancellation);
    }

    /// <summary>Reads the keys anew, because another process changed them or because a phase has changed.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        if (!await LoadAsync(database, cancellation))
        {
            // A key was revoked and whoever did it has not made the next one, or never will.
            await MakeDueAsync(cancellation);
            await LoadAsync(database, cancellation);
        }
    }

    /// <summary>Deletes the rows of keys that are over, and tells how many.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var rows = await database.SigningKeys.AsNoTracking().ToListAsync(cancellation);
        var over = rows.GroupBy(row => row.Algorithm).SelectMany(group => KeySchedule.Over([.. group.Select(Scheduled)], now, options.Value.RetireFor)).ToList();
        return over.Count == 0 ? 0 : await database.SigningKeys.Where(row => over.Contains(row.Id)).ExecuteDeleteAsync(cancellation);
    }

    // By whom: nobody when it is due.
    private async Task<SigningKey?> MakeAsync(IServiceProvider services, string algorithm, DateTime? at, string? actor, CancellationToken cancellation)
    {
        var database = services.GetRequiredService<AppDbContext>();
        var now = time.GetUtcNow().UtcDateTime;
        var keys = await ScheduledAsync(database, algorithm, cancellation);
        // Encryption keys only grow old with what they sealed; they are replaced by command.
        var due = at ?? (algorithm == SecurityAlgorithms.Aes256KW
            ? keys.Any(key => !(key.RevokedAt <= now) && key.ActivateAt <= now) ? null : now
            : KeySchedule.NextActivation(keys, now, options.Value.RotateAfter, options.Value.AnnounceFor));
        if (due is not { } activation)
        {
            return null;
        }

        var generation = keys.Count == 0 ? 1 : keys.Max(key => key.Generation) + 1;
        var made = New(algorithm, generation, now, activation);
        database.SigningKeys.Add(made);
        // The first keys of a server take no other's place.
        if (generation > 1 || actor is not null)
        {
            services.GetRequiredService<AuditLog>().Append(AuditEvents.KeyRotated, actor, made.Id, reason: actor is null ? "due" : null);
        }

        try
        {
            await using var transaction = await database.Database.BeginTransactionAsync(cancellation);
            await database.SaveChangesAsync(cancellation);
            await ChangeWatch.CountAsync(database, cancellation);
            await transaction.CommitAsync(cancellation);
            return made;
        }
        catch (DbUpdateException)
        {
            // Generations are unique: if this one is there now, another node was first and its key is the one.
            database.ChangeTracker.Clear();
            if (!await database.SigningKeys.AnyAsync(key => key.Algorithm == algorithm && key.Generation == generation, cancellation))
            {
                throw;
            }

            return null;
        }
    }

    private SigningKey New(string algorithm, int generation, DateTime now, DateTime activation)
    {
        var material = KeyMaterial.Create(algorithm);
        var id = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(12));
        var key = new SigningKey
        {
            Id = id,
            Algorithm = algorithm,
            Use = algorithm == SecurityAlgorithms.Aes256KW ? "enc" : "sig",
            Generation = generation,
            CreatedAt = now,
            ActivateAt = activation,
            SealedKey = master.Key.Seal(material, KeyMaterial.Purpose(id)),
        };
        CryptographicOperations.ZeroMemory(material);
        return key;
    }

    // False: there is an algorithm that nothing signs with, so what was in force stays.
    private async Task<bool> LoadAsync(AppDbContext database, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var rows = await database.SigningKeys.AsNoTracking().ToListAsync(cancellation);
        var phases = rows.GroupBy(row => row.Algorithm).SelectMany(group => KeySchedule.Phases(group.Select(Scheduled), now, options.Value.RetireFor)).ToDictionary();
        var signing = new Dictionary<string, SigningCredentials>(StringComparer.Ordinal);
        List<SigningCredentials> published = [];
        foreach (var row in rows.Where(row => row.Use == "sig" && phases[row.Id] is not (KeyPhase.Expired or KeyPhase.Revoked))
            .OrderBy(row => Array.IndexOf(SigningAlgorithms, row.Algorithm)).ThenBy(row => phases[row.Id] != KeyPhase.Signing).ThenByDescending(row => row.ActivateAt))
        {
            var credentials = KeyMaterial.Signing(row, master.Key);
            published.Add(credentials);
            if (phases[row.Id] == KeyPhase.Signing)
            {
                signing[row.Algorithm] = credentials;
            }
        }

        // Old encryption keys still open what they sealed, so they leave only by revocation. The first one seals: not yet the one announced,
        // which another node may not know.
        var encrypting = rows.Where(row => row.Use == "enc" && phases[row.Id] != KeyPhase.Revoked)
            .OrderBy(row => phases[row.Id] == KeyPhase.Announced).ThenByDescending(row => row.ActivateAt).Select(row => KeyMaterial.Encrypting(row, master.Key));
        var before = _current;
        if (before is not null && !SigningAlgorithms.All(signing.ContainsKey))
        {
            return false;
        }

        _current = new KeySet(signing, published, [.. encrypting], KeySchedule.NextChange([.. rows.Select(Scheduled)], now, options.Value.RetireFor));
        if (before is not null && !Same(before, _current))
        {
            reload.Fire();
        }

        return true;
    }

    private static bool Same(KeySet one, KeySet other) =>
        one.Published.Select(key => key.Key.KeyId).SequenceEqual(other.Published.Select(key => key.Key.KeyId))
        && one.Encrypting.Select(key => key.Key.KeyId).SequenceEqual(other.Encrypting.Select(key => key.Key.KeyId));

    private static async Task<List<ScheduledKey>> ScheduledAsync(AppDbContext database, string algorithm, CancellationToken cancellation) =>
        [.. (await database.SigningKeys.AsNoTracking().Where(key => key.Algorithm == algorithm).ToListAsync(cancellation)).Select(Scheduled)];

    private static ScheduledKey Scheduled(SigningKey row) => new(row.Id, row.Algorithm, row.Generation, row.ActivateAt, row.RevokedAt);
}
