using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OidcProvider.Audit;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Hosting;
using OidcProvider.Languages;
using OidcProvider.Mail;
using OidcProvider.Users;

namespace OidcProvider.ApiKeys;

/// <summary>
/// The only way in for API keys: makes and revokes them, with the audit record and the mail to their holder in the same commit. Every surface goes
/// through here; <see cref="ApiKeyRules"/> judges.
/// </summary>
internal sealed class ApiKeyRegistry(AppDbContext database, UserDirectory users, AuditLog audit, TimeProvider time, IServiceProvider services)
{
    public const string NotFound = "api_key_not_found", Forbidden = "api_key_forbidden", TooMany = "too_many_api_keys";

    private ApiKeysOptions Options => services.GetRequiredService<IOptions<ApiKeysOptions>>().Value;

    /// <summary>The scopes that a maker may give a key of this user, in the order of the page.</summary>
    public async Task<IReadOnlyList<ScopeDefinition>> GrantableAsync(User holder, ApiKeyMaker maker, CancellationToken cancellation = default)
    {
        var known = await services.GetRequiredService<RegistrySnapshot>().ScopesAsync(cancellation);
        var names = ApiKeyRules.Grantable(known.Keys.Where(name => !StandardScopes.Contains(name)), await users.RolesOfAsync(holder, cancellation), maker.Permissions);
        return [.. known.Values.Where(scope => names.Contains(scope.Name)).OrderBy(scope => StandardScopes.IsAdministrative(scope.Name)).ThenBy(scope => scope.Name, StringComparer.Ordinal)];
    }

    public async Task<Result<IssuedApiKey>> MakeAsync(User holder, ApiKeyRequest asked, ApiKeyMaker maker, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (holder.Id != maker.UserId && !AdminRoles.MayChange(maker.Roles, await users.RolesOfAsync(holder, cancellation)))
        {
            return new Problem(Forbidden, "you may not make keys for this user", "user");
        }

        var grantable = await GrantableAsync(holder, maker, cancellation);
        var problems = ApiKeyRules.Check(asked, grantable.Select(scope => scope.Name).ToHashSet(StringComparer.Ordinal), now, Options);
        if (holder.DisabledAt is not null)
        {
            problems.Add(new(ApiKeyRules.Invalid, "is disabled", "user"));
        }

        if (await database.ApiKeys.CountAsync(key => key.UserId == holder.Id && key.RevokedAt == null && key.ExpiresAt > now, cancellation) >= Options.MaxPerUser)
        {
            problems.Add(new(TooMany, $"has {Options.MaxPerUser} keys in force already; revoke one first", "user"));
        }

        return problems.Count > 0 ? problems : await WriteAsync(holder, asked, maker, now, cancellation);
    }

    private async Task<IssuedApiKey> WriteAsync(User holder, ApiKeyRequest asked, ApiKeyMaker maker, DateTime now, CancellationToken cancellation)
    {
        var made = ApiKeyFormat.Create();
        var row = new ApiKey
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()), Prefix = made.Prefix, Hash = made.Hash, Name = asked.Name!.Trim(), UserId = holder.Id,
            Scopes = string.Join(' ', asked.Scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
            CreatedAt = now, CreatedBy = maker.Actor, ExpiresAt = asked.ExpiresAt?.ToUniversalTime() ?? now + Options.DefaultLifetime,
        };
        database.ApiKeys.Add(row);
        audit.Append(AuditEvents.ApiKeyMade, maker.Actor, holder.Id.ToString(), change: AuditChange.Of(null, Described(row)), apiKey: row.Prefix);
        if (holder.Email is { } address)
        {
            services.GetRequiredService<Outbox>().Append(address, Told(row, holder));
        }

        await database.SaveChangesAsync(cancellation);
        return new IssuedApiKey(made.Text, ApiKeyView.Of(row, holder.Email, barred: false, now));
    }

    /// <summary>Takes a key out at once, with every access token it was exchanged for. <paramref name="holder"/>: only when it is this user's.</summary>
    public async Task<Result<ApiKeyView>> RevokeAsync(Guid id, string actor, Guid? holder = null, string? reason = null, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var transaction = await database.Database.BeginTransactionAsync(cancellation);
        var revoked = await database.ApiKeys.Where(row => row.Id == id && row.RevokedAt == null && (holder == null || row.UserId == holder))
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.RevokedAt, now), cancellation);
        var key = await database.ApiKeys.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && (holder == null || row.UserId == holder), cancellation);
        if (key is null)
        {
            return new Problem(NotFound, "there is no such API key", "id");
        }

        if (revoked == 1)
        {
            audit.Append(AuditEvents.ApiKeyRevoked, actor, key.UserId.ToString(), reason: reason, change: AuditChange.Of(Described(key), null), apiKey: key.Prefix);
            await database.SaveChangesAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return ApiKeyView.Of(key, await database.Users.Where(user => user.Id == key.UserId).Select(user => user.Email).SingleOrDefaultAsync(cancellation), barred: false, now);
    }

    private static JsonObject Described(ApiKey key) => new()
    {
        ["id"] = key.Id.ToString(), ["prefix"] = key.Prefix, ["name"] = key.Name, ["scope"] = key.Scopes, ["expires_at"] = key.ExpiresAt?.ToString("O", CultureInfo.InvariantCulture),
    };

    private static Letter Told(ApiKey key, User holder)
    {
        var words = Words.For(holder.Locale);
        return Letter.Of(
            words, "mail.api_key", null, ("name", key.Name), ("prefix", key.Prefix), ("email", holder.Email), ("end", words.Day(key.ExpiresAt!.Value)),
            ("scopes", key.Scopes.Replace(" ", ", ", StringComparison.Ordinal)));
    }
}
