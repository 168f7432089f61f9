using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>A secret as it may be shown: everything but itself.</summary>
internal sealed record SecretView(Guid Id, string? Description, DateTime CreatedAt, DateTime? ExpiresAt, DateTime? LastUsedAt);

/// <summary>A secret just made: shown now and never again.</summary>
internal sealed record NewSecret(Guid Id, string ClientSecret, string? Description, DateTime? ExpiresAt);

/// <summary>
/// The secrets of a client. Several are valid at once, so that it can change over without an outage. The first stands in the client's own row
/// and is named by the row's id; the others have rows of their own.
/// </summary>
internal sealed class ClientSecretDesk(AppDbContext database, AuditLog audit, RegistrySnapshot snapshot, TimeProvider time)
{
    public const string NotFound = "client_secret_not_found", Last = "client_secret_last", TooMany = "client_secret_limit";

    public const int Most = 5;

    public static readonly TimeSpan LongestGrace = TimeSpan.FromDays(30);

    public async Task<Result<List<SecretView>>> ListAsync(string clientId, CancellationToken cancellation = default)
    {
        var client = await database.Clients.AsNoTracking().SingleOrDefaultAsync(row => row.ClientId == clientId, cancellation);
        if (client is null)
        {
            return ClientRegistry.Unknown(clientId);
        }

        var rows = await database.ClientSecrets.AsNoTracking().Where(row => row.ClientId == client.Id).ToListAsync(cancellation);
        var used = await database.ClientUsages.AsNoTracking().Where(row => row.ClientId == client.Id && row.Kind == UsageKinds.Secret).ToDictionaryAsync(row => row.Value, row => row.LastAt, cancellation);
        List<SecretView> secrets = [.. rows.OrderBy(row => row.CreatedAt).Select(row => new SecretView(row.Id, row.Description, row.CreatedAt, row.ExpiresAt, Used(row.Id)))];
        if (client.ClientSecret is not null)
        {
            secrets.Insert(0, new SecretView(client.Id, null, client.CreatedAt, null, Used(client.Id)));
        }

        return secrets;

        DateTime? Used(Guid id) => used.TryGetValue(id.ToString(), out var at) ? at : null;
    }

    /// <summary>One more secret beside those there are.</summary>
    public async Task<Result<NewSecret>> AddAsync(string clientId, string? description, DateTime? expiresAt, Editor editor, CancellationToken cancellation = default)
    {
        var found = await FindAsync(clientId, editor, cancellation);
        if (!found.Succeeded)
        {
            return found.Problems[0];
        }

        var (client, others) = found.Value;
        var now = time.GetUtcNow().UtcDateTime;
        if (Fault(description, expiresAt, now) is { } fault)
        {
            return fault;
        }

        DropExpired(others, now);
        if (others.Count + (client.ClientSecret is null ? 0 : 1) >= Most)
        {
            return new Problem(TooMany, $"a client has at most {Most} secrets; remove one first", "client_id");
        }

        var secret = ClientSecrets.Generate();
        var row = new ClientSecret { Id = Guid.CreateVersion7(time.GetUtcNow()), ClientId = client.Id, Hash = ClientSecrets.HashGenerated(secret), Description = description, CreatedAt = now, ExpiresAt = expiresAt };
        database.ClientSecrets.Add(row);
        audit.Append(AuditEvents.ClientSecretAdded, editor.Actor, clientId, clientId, change: AuditChange.Of(null, Shown(row)));
        return await RegistryChange.SaveAsync(database, snapshot, client, now, cancellation) is { } overtaken ? overtaken : new NewSecret(row.Id, secret, description, expiresAt);
    }

    /// <summary>Removes one. The last that still is valid stays: without it the client could not authenticate.</summary>
    public async Task<Problem?> RemoveAsync(string clientId, Guid id, Editor editor, CancellationToken cancellation = default)
    {
        var found = await FindAsync(clientId, editor, cancellation);
        if (!found.Succeeded)
        {
            return found.Problems[0];
        }

        var (client, others) = found.Value;
        var now = time.GetUtcNow().UtcDateTime;
        var isFirst = id == client.Id && client.ClientSecret is not null;
        var row = others.SingleOrDefault(other => other.Id == id);
        if (!isFirst && row is null)
        {
            return new Problem(NotFound, "there is no such secret", "id");
        }

        if (!others.Any(other => other.Id != id && !(other.ExpiresAt <= now)) && (isFirst || client.ClientSecret is null))
        {
            return new Problem(Last, "the last valid secret cannot be removed; add another first, or disable the client", "id");
        }

        if (row is null)
        {
            client.ClientSecret = null;
        }
        else
        {
            database.ClientSecrets.Remove(row);
        }

        await ForgetUseAsync(client.Id, id, cancellation);
        audit.Append(AuditEvents.ClientSecretRemoved, editor.Actor, clientId, clientId, change: AuditChange.Of(row is null ? new JsonObject { ["id"] = id.ToString() } : Shown(row), null));
        return await RegistryChange.SaveAsync(database, snapshot, client, now, cancellation);
    }

    /// <summary>A new secret in place of the first one, which stays valid for <paramref name="grace"/>.</summary>
    public async Task<Result<ClientRegistration>> RotateAsync(string clientId, TimeSpan grace, Editor editor, CancellationToken cancellation = default)
    {
        var found = await FindAsync(clientId, editor, cancellation);
        if (!found.Succeeded)
        {
            return found.Problems[0];
        }

        if (grace < TimeSpan.Zero || grace > LongestGrace)
        {
            return new Problem(ClientRules.InvalidMetadata, $"must be at most {LongestGrace:c}", "grace");
        }

        var (client, others) = found.Value;
        var now = time.GetUtcNow().UtcDateTime;
        DropExpired(others, now);
        if (grace > TimeSpan.Zero && client.ClientSecret is { } old)
        {
            if (others.Count + 1 >= Most)
            {
                return new Problem(TooMany, $"a client has at most {Most} secrets; remove one first", "client_id");
            }

            database.ClientSecrets.Add(new ClientSecret { Id = Guid.CreateVersion7(time.GetUtcNow()), ClientId = client.Id, Hash = old, Description = "before the rotation", CreatedAt = client.CreatedAt, ExpiresAt = now + grace });
        }

        var secret = ClientSecrets.Generate();
        client.ClientSecret = ClientSecrets.HashGenerated(secret);
        await ForgetUseAsync(client.Id, client.Id, cancellation);
        audit.Append(AuditEvents.ClientSecretRotated, editor.Actor, clientId, clientId, change: AuditChange.Of(new JsonObject(), new JsonObject { ["grace"] = grace.ToString("c") }));
        return await RegistryChange.SaveAsync(database, snapshot, client, now, cancellation) is { } overtaken ? overtaken : new ClientRegistration(RegisteredClient.Of(client), secret);
    }

    private async Task<Result<(Client Client, List<ClientSecret> Others)>> FindAsync(string clientId, Editor editor, CancellationToken cancellation)
    {
        var client = await database.Clients.SingleOrDefaultAsync(row => row.ClientId == clientId, cancellation);
        if (client is null)
        {
            return ClientRegistry.Unknown(clientId);
        }

        var definition = ClientJson.ReadStored(client.Definition);
        if (ClientGuard.Fault(editor, definition, null) is { } forbidden)
        {
            return forbidden;
        }

        return definition.IsPublic()
            ? new Problem(ClientRules.InvalidMetadata, "a public client has no secret", "token_endpoint_auth_method")
            : (client, await database.ClientSecrets.Where(row => row.ClientId == client.Id).ToListAsync(cancellation));
    }

    private static Problem? Fault(string? description, DateTime? expiresAt, DateTime now) =>
        description is not null && (description.Length > 200 || string.IsNullOrWhiteSpace(description) || description.Any(char.IsControl))
            ? new(ClientRules.InvalidMetadata, "must have 1 to 200 characters and no control characters", "description")
            : expiresAt <= now ? new(ClientRules.InvalidMetadata, "must lie in the future", "expires_at") : null;

    private void DropExpired(List<ClientSecret> others, DateTime now)
    {
        foreach (var row in others.Where(row => row.ExpiresAt <= now).ToList())
        {
            others.Remove(row);
            database.ClientSecrets.Remove(row);
        }
    }

    // "Last used" of a secret that is gone must not be read as that of the one in its place.
    private async Task ForgetUseAsync(Guid client, Guid secret, CancellationToken cancellation)
    {
        var value = secret.ToString();
        await database.ClientUsages.Where(row => row.ClientId == client && row.Kind == UsageKinds.Secret && row.Value == value).ForEachAsync(row => database.Remove(row), cancellation);
    }

    private static JsonObject Shown(ClientSecret row) => new() { ["id"] = row.Id.ToString(), ["description"] = row.Description, ["expires_at"] = row.ExpiresAt?.ToString("O") };
}
