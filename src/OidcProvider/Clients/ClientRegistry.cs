using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Audit;
using OidcProvider.Data;
using OidcProvider.Hosting;

namespace OidcProvider.Clients;

/// <summary>
/// The only way in for clients. Every surface hands it a <see cref="ClientDefinition"/>; it judges, stores and audits in
/// one commit. It writes rows itself: OpenIddict's manager would hash secrets its own way and commit apart from the audit.
/// </summary>
internal sealed class ClientRegistry(AppDbContext database, ScopeRegistry scopes, ClientSecrets secrets, AuditLog audit, RegistrySnapshot snapshot, TimeProvider time)
{
    public const string NotFound = "client_not_found", Exists = "client_exists", Changed = "client_changed";

    public async Task<RegisteredClient?> FindAsync(string clientId, CancellationToken cancellation = default)
    {
        var row = await database.Clients.AsNoTracking().Where(client => client.ClientId == clientId)
            .Select(client => new { client.Id, client.Definition, client.DisabledAt }).SingleOrDefaultAsync(cancellation);
        return row is null ? null : new RegisteredClient(row.Id, ClientJson.ReadStored(row.Definition), row.DisabledAt is not null);
    }

    /// <summary>By client_id; <paramref name="search"/> is part of the id or of the name.</summary>
    public async Task<IReadOnlyList<RegisteredClient>> ListAsync(string? search = null, int skip = 0, int take = 100, CancellationToken cancellation = default)
    {
        var rows = database.Clients.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(search))
        {
            rows = rows.Where(client => client.ClientId!.Contains(search) || client.DisplayName!.Contains(search));
        }

        var found = await rows.OrderBy(client => client.ClientId).Skip(skip).Take(take)
            .Select(client => new { client.Id, client.Definition, client.DisabledAt }).ToListAsync(cancellation);
        return [.. found.Select(row => new RegisteredClient(row.Id, ClientJson.ReadStored(row.Definition), row.DisabledAt is not null))];
    }

    public async Task<Result<ClientRegistration>> RegisterAsync(ClientDefinition definition, string actor, CancellationToken cancellation = default)
    {
        var problems = await CheckAsync(definition, cancellation);
        if (definition.ClientId is { } id && await database.Clients.AnyAsync(client => client.ClientId == id, cancellation))
        {
            problems.Add(new(Exists, $"'{id}' is registered already", "client_id"));
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var named = definition with { ClientId = definition.ClientId ?? WebEncoders.Base64UrlEncode(Guid.NewGuid().ToByteArray()) };
        var row = new Client { Id = Guid.CreateVersion7(time.GetUtcNow()), CreatedAt = now, UpdatedAt = now };
        ClientColumns.Write(row, named);
        var generated = await WriteSecretAsync(row, named, cancellation);
        database.Clients.Add(row);
        audit.Append(AuditEvents.ClientRegistered, actor, named.ClientId, named.ClientId);
        return await SaveAsync(row, generated, cancellation);
    }

    /// <summary>
    /// Replaces the metadata. A secret in it replaces the stored one unless that is the same; without one the stored
    /// secret stays. A client that becomes confidential gets a generated secret, one that becomes public loses its own.
    /// </summary>
    public async Task<Result<ClientRegistration>> UpdateAsync(ClientDefinition definition, string actor, CancellationToken cancellation = default)
    {
        var row = await database.Clients.SingleOrDefaultAsync(client => client.ClientId == definition.ClientId, cancellation);
        if (row is null)
        {
            return Unknown(definition.ClientId);
        }

        var problems = await CheckAsync(definition, cancellation);
        if (problems.Count > 0)
        {
            return problems;
        }

        ClientColumns.Write(row, definition);
        var before = row.ClientSecret;
        var generated = await WriteSecretAsync(row, definition, cancellation);
        if (database.Entry(row).State != EntityState.Modified)
        {
            return Registration(row, null);
        }

        audit.Append(AuditEvents.ClientUpdated, actor, row.ClientId, row.ClientId);
        if (before != row.ClientSecret && row.ClientSecret is not null)
        {
            audit.Append(AuditEvents.ClientSecretRotated, actor, row.ClientId, row.ClientId);
        }

        return await SaveAsync(row, generated, cancellation);
    }

    public async Task<Result<ClientRegistration>> RotateSecretAsync(string clientId, string actor, CancellationToken cancellation = default)
    {
        var row = await database.Clients.SingleOrDefaultAsync(client => client.ClientId == clientId, cancellation);
        if (row is null)
        {
            return Unknown(clientId);
        }

        if (ClientJson.ReadStored(row.Definition).IsPublic())
        {
            return new Problem(ClientRules.InvalidMetadata, "a public client has no secret", "token_endpoint_auth_method");
        }

        var secret = ClientSecrets.Generate();
        row.ClientSecret = ClientSecrets.HashGenerated(secret);
        audit.Append(AuditEvents.ClientSecretRotated, actor, clientId, clientId);
        return await SaveAsync(row, secret, cancellation);
    }

    /// <summary>A disabled client is unknown to every endpoint until it is enabled again.</summary>
    public Task<Result<ClientRegistration>> DisableAsync(string clientId, string actor, CancellationToken cancellation = default) =>
        SwitchAsync(clientId, time.GetUtcNow().UtcDateTime, actor, "disabled", cancellation);

    public Task<Result<ClientRegistration>> EnableAsync(string clientId, string actor, CancellationToken cancellation = default) =>
        SwitchAsync(clientId, null, actor, "enabled", cancellation);

    /// <summary>Removes the client with its tokens, authorizations and consents. False when there is none.</summary>
    public async Task<bool> RemoveAsync(string clientId, string actor, CancellationToken cancellation = default)
    {
        const int Attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryRemoveAsync(clientId, actor, cancellation);
            }
            catch (Exception fault) when (fault is System.Data.Common.DbException or DbUpdateException && attempt < Attempts)
            {
                // A token issued between the deletes holds the row; the next round finds and takes it along.
                database.ChangeTracker.Clear();
            }
        }
    }

    private async Task<bool> TryRemoveAsync(string clientId, string actor, CancellationToken cancellation)
    {
        await using var transaction = database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellation) : null;
        var id = await database.Clients.Where(client => client.ClientId == clientId).Select(client => (Guid?)client.Id).SingleOrDefaultAsync(cancellation);
        if (id is null)
        {
            return false;
        }

        await database.Tokens.Where(token => token.Application!.Id == id || token.Authorization!.Application!.Id == id).ExecuteDeleteAsync(cancellation);
        await database.Authorizations.Where(authorization => authorization.Application!.Id == id).ExecuteDeleteAsync(cancellation);
        await database.Consents.Where(consent => consent.ClientId == id).ExecuteDeleteAsync(cancellation);
        await database.Clients.Where(client => client.Id == id).ExecuteDeleteAsync(cancellation);
        audit.Append(AuditEvents.ClientRemoved, actor, clientId, clientId);
        await RegistryChange.SaveAsync(database, snapshot, cancellation);
        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellation);
        }

        snapshot.Invalidate();
        return true;
    }

    private async Task<Result<ClientRegistration>> SwitchAsync(string clientId, DateTime? disabledAt, string actor, string word, CancellationToken cancellation)
    {
        var row = await database.Clients.SingleOrDefaultAsync(client => client.ClientId == clientId, cancellation);
        if (row is null)
        {
            return Unknown(clientId);
        }

        if (row.DisabledAt is null == disabledAt is null)
        {
            return Registration(row, null);
        }

        row.DisabledAt = disabledAt;
        audit.Append(AuditEvents.ClientUpdated, actor, clientId, clientId, word);
        return await SaveAsync(row, null, cancellation);
    }

    private async Task<List<Problem>> CheckAsync(ClientDefinition definition, CancellationToken cancellation)
    {
        var problems = ClientRules.Check(definition);
        problems.AddRange(await scopes.UnknownAsync(definition.Scopes(), cancellation));
        return problems;
    }

    /// <summary>Puts the right hash into the row and returns the secret if it had to make one.</summary>
    private async Task<string?> WriteSecretAsync(Client row, ClientDefinition definition, CancellationToken cancellation)
    {
        if (definition.IsPublic())
        {
            row.ClientSecret = null;
            return null;
        }

        if (definition.ClientSecret is { } chosen)
        {
            if (row.ClientSecret is null || !await secrets.VerifyAsync(row.ClientSecret, chosen, cancellation))
            {
                row.ClientSecret = await secrets.HashChosenAsync(chosen, cancellation);
            }

            return null;
        }

        if (row.ClientSecret is not null)
        {
            return null;
        }

        var generated = ClientSecrets.Generate();
        row.ClientSecret = ClientSecrets.HashGenerated(generated);
        return generated;
    }

    private async Task<Result<ClientRegistration>> SaveAsync(Client row, string? generated, CancellationToken cancellation)
    {
        row.UpdatedAt = time.GetUtcNow().UtcDateTime;
        row.ConcurrencyToken = Guid.NewGuid().ToString();
        try
        {
            await RegistryChange.SaveAsync(database, snapshot, cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            database.ChangeTracker.Clear();
            return new Problem(Changed, "was changed by someone else meanwhile; read it again and retry", "client_id");
        }

        return Registration(row, generated);
    }

    private static ClientRegistration Registration(Client row, string? generated) =>
        new(new RegisteredClient(row.Id, ClientJson.ReadStored(row.Definition), row.DisabledAt is not null), generated);

    private static Problem Unknown(string? clientId) => new(NotFound, $"there is no client '{clientId}'", "client_id");
}
