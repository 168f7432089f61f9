using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Keys;

/// <summary>A key as an administrator sees it.</summary>
internal sealed record KeyView(string Kid, string Use, string Algorithm, string Phase, DateTime CreatedAt, DateTime ActivateAt)
{
    /// <summary>When the next key took over or will; empty when none is made yet.</summary>
    public DateTime? SignsUntil { get; init; }

    /// <summary>When it leaves the JWKS; empty as long as it signs without an end.</summary>
    public DateTime? PublishedUntil { get; init; }

    public DateTime? RevokedAt { get; init; }
}

/// <summary>What administrators do with keys: look, rotate ahead of time, take one out at once. Every surface goes through here.</summary>
internal sealed class KeyDesk(AppDbContext database, KeyRing ring, AuditLog audit, TimeProvider time, IOptions<KeysOptions> options)
{
    public const string NotFound = "key_not_found", AlreadyAnnounced = "key_announced", UnknownAlgorithm = "unknown_algorithm";

    private static readonly string[] Algorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.Aes256KW];

    public async Task<IReadOnlyList<KeyView>> ListAsync(CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var rows = await database.SigningKeys.AsNoTracking().OrderBy(row => row.Algorithm).ThenByDescending(row => row.Generation).ToListAsync(cancellation);
        var phases = rows.GroupBy(row => row.Algorithm).SelectMany(group => KeySchedule.Phases(
            group.Select(row => new ScheduledKey(row.Id, row.Algorithm, row.Generation, row.ActivateAt, row.RevokedAt)), now, options.Value.RetireFor)).ToDictionary();
        return [.. rows.Select(row => View(row, rows, phases[row.Id]))];
    }

    private KeyView View(SigningKey row, IEnumerable<SigningKey> all, KeyPhase phase)
    {
        var next = all.Where(other => other.Algorithm == row.Algorithm && other.RevokedAt is null && other.Generation > row.Generation).Select(other => (DateTime?)other.ActivateAt).Min();
        return new KeyView(row.Id, row.Use, row.Algorithm, Name(row.Use, phase), Utc(row.CreatedAt), Utc(row.ActivateAt))
        {
            RevokedAt = row.RevokedAt is { } revoked ? Utc(revoked) : null,
            SignsUntil = (row.RevokedAt ?? next) is { } until ? Utc(until) : null,
            PublishedUntil = row.RevokedAt is { } taken ? Utc(taken) : next is { } over ? Utc(over + options.Value.RetireFor) : null,
        };
    }

    private static DateTime Utc(DateTime at) => DateTime.SpecifyKind(at, DateTimeKind.Utc);

    /// <summary>Makes the next key of an algorithm now. It is announced first and signs after <c>Keys:AnnounceFor</c>.</summary>
    public async Task<Result<KeyView>> RotateAsync(string algorithm, string actor, CancellationToken cancellation = default)
    {
        if (!Algorithms.Contains(algorithm, StringComparer.Ordinal))
        {
            return new Problem(UnknownAlgorithm, $"'{algorithm}' is not one of {string.Join(", ", Algorithms)}", "algorithm");
        }

        var now = time.GetUtcNow().UtcDateTime;
        var announced = await database.SigningKeys.AnyAsync(key => key.Algorithm == algorithm && key.ActivateAt > now && key.RevokedAt == null, cancellation);
        if (announced || await ring.RotateAsync(algorithm, actor, cancellation) is not { } made)
        {
            return new Problem(AlreadyAnnounced, $"the next {algorithm} key is announced already", "algorithm");
        }

        return (await ListAsync(cancellation)).First(key => key.Kid == made.Id);
    }

    /// <summary>Takes a key out at once: what it signed is refused within a second on every node, and a new one signs.</summary>
    public async Task<Result<KeyView>> RevokeAsync(string kid, string actor, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using (var transaction = await database.Database.BeginTransactionAsync(cancellation))
        {
            if (await database.SigningKeys.Where(key => key.Id == kid && key.RevokedAt == null).ExecuteUpdateAsync(update => update.SetProperty(key => key.RevokedAt, now), cancellation) == 0)
            {
                return new Problem(NotFound, $"there is no key '{kid}' in use", "kid");
            }

            audit.Append(AuditEvents.KeyRevoked, actor, kid);
            await ChangeWatch.CountAsync(database, cancellation);
            await database.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }

        await ring.EnsureAsync(cancellation);
        return (await ListAsync(cancellation)).First(key => key.Kid == kid);
    }

    private static string Name(string use, KeyPhase phase) => (use, phase) switch
    {
        ("enc", KeyPhase.Signing) => "encrypting",
        (_, KeyPhase.Signing) => "signing",
        (_, KeyPhase.Announced) => "announced",
        (_, KeyPhase.Retired) => "retired",
        ("enc", KeyPhase.Expired) => "retired",
        (_, KeyPhase.Expired) => "expired",
        _ => "revoked",
    };
}
