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
    public const string NotFound = "client_not_found", Exists = "client_exists", Changed = RegistryChange.Changed;

    public async Task<RegisteredClient?> FindAsync(string clientId, CancellationToken cancellation = default) =>
        await database.Clients.AsNoTracking().SingleOrDefaultAsync(client => client.ClientId == clientId, cancellation) is { } row ? RegisteredClient.Of(row) : null;

    /// <summary>By client_id; <paramref name="search"/> is part of the id or of the name.</summary>
    public async Task<IReadOnlyList<RegisteredClient>> ListAsync(string? search = null, int skip = 0, int take = 100, CancellationToken cancellation = default)
    {
        var rows = database.Clients.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(search))
        {
            rows = rows.Where(client => client.ClientId!.Contains(search) || client.DisplayName!.Contains(search));
        }

        return [.. (await rows.OrderBy(client => client.ClientId).Skip(skip).Take(take).ToListAsync(cancellation)).Select(RegisteredClient.Of)];
    }

    public async Task<Result<ClientRegistration>> RegisterAsync(ClientDefinition definition, Editor editor, CancellationToken cancellation = default)
    {
        if (ClientGuard.Fault(editor, null, definition) is { } forbidden)
        {
            return forbidden;
        }

        var problems = await CheckAsync(definition, cancellation);
        if (definition.ClientId is { } id && await database.Clients.AnyAsync(client => client.ClientId == id, cancellation))
        {
            problems.Add(Taken(id));
        }

        if (problems.Count > 0)
        {
            return problems;
        }

        var now = time.GetUtcNow().UtcDateTime;
        var named = definition with { ClientId = definition.ClientId ?? WebEncoders.Base64UrlEncode(Guid.NewGuid().ToByteArray()) };
        var row = new Client { Id = Guid.CreateVersion7(time.GetUtcNow()), CreatedAt = now, UpdatedAt = now };
        ClientColumns.Write(row, named);
        database.ClientTraits.AddRange(ClientColumns.Traits(row, named));
        var generated = await WriteSecretAsync(row, named, cancellation);
        database.Clients.Add(row);
        audit.Append(AuditEvents.ClientRegistered, editor.Actor, named.ClientId, named.ClientId, change: AuditChange.Of(null, ClientAudit.Of(named)));
        try
        {
            return await SaveAsync(row, generated, cancellation);
        }
        catch (DbUpdateException) when (database.Database.CurrentTransaction is null)
        {
            // Somebody registered the same id a moment before; any other fault is none of ours.
            database.ChangeTracker.Clear();
            if (await database.Clients.AnyAsync(client => client.ClientId == named.ClientId, cancellation))
            {
                return Taken(named.ClientId!);
            }

            throw;
        }
    }

    /// <summary>
    /// Replaces the metadata. A secret in it replaces the stored one unless that is the same; without one the stored
    /// secret stays. A client that becomes confidential gets a generated secret, one that becomes public loses its own.
    /// </summary>
    /// <param name="definition">What it is to be.</param>
    /// <param name="editor">Who changes it.</param>
    /// <param name="expected">The version the caller has seen; null when it does not matter.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Result<ClientRegistration>> UpdateAsync(ClientDefinition definition, Editor editor, string? expected = null, CancellationToken cancellation = default)
    {
        var found = await FindRowAsync(definition.ClientId, editor, definition, expected, cancellation);
        if (!found.Succeeded)
        {
            return found.Problems[0];
        }

        var problems = await CheckAsync(definition, cancellation);
        if (problems.Count > 0)
        {
            return problems;
        }

        var (row, before) = (found.Value, ClientJson.ReadStored(found.Value.Definition));
        ClientColumns.Write(row, definition);
        var secret = row.ClientSecret;
        var generated = await WriteSecretAsync(row, definition, cancellation);
        if (database.Entry(row).State != EntityState.Modified)
        {
            return new ClientRegistration(RegisteredClient.Of(row), null);
        }

        await WriteTraitsAsync(row, definition, cancellation);
        audit.Append(AuditEvents.ClientUpdated, editor.Actor, row.ClientId, row.ClientId, change: AuditChange.Of(ClientAudit.Of(before), ClientAudit.Of(definition)));
        if (secret != row.ClientSecret && row.ClientSecret is not null)
        {
            audit.Append(AuditEvents.ClientSecretRotated, editor.Actor, row.ClientId, row.ClientId);
        }

        return await SaveAsync(row, generated, cancellation);
    }

    /// <summary>A disabled client is unknown to every endpoint until it is enabled again.</summary>
    public Task<Result<ClientRegistration>> DisableAsync(string clientId, Editor editor, CancellationToken cancellation = default) =>
        SwitchAsync(clientId, time.GetUtcNow().UtcDateTime, editor, "disabled", cancellation);

    public Task<Result<ClientRegistration>> EnableAsync(string clientId, Editor editor, CancellationToken cancellation = default) =>
        SwitchAsync(clientId, null, editor, "enabled", cancellation);

    /// <summary>Removes the client with its tokens, authorizations and consents. Null when done, otherwise why not.</summary>
    public async Task<Problem?> RemoveAsync(string clientId, Editor editor, string? expected = null, CancellationToken cancellation = default)
    {
        const int Attempts = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryRemoveAsync(clientId, editor, expected, cancellation);
            }
            catch (Exception fault) when (fault is System.Data.Common.DbException or DbUpdateException && attempt < Attempts)
            {
                // A token issued between the deletes holds the row; the next round finds and takes it along.
                database.ChangeTracker.Clear();
            }
        }
    }

    private async Task<Problem?> TryRemoveAsync(string clientId, Editor editor, string? expected, CancellationToken cancellation)
    {
        await using var transaction = database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellation) : null;
        var found = await FindRowAsync(clientId, editor, null, expected, cancellation);
        if (!found.Succeeded)
        {
            return found.Problems[0];
        }

        var (id, before) = (found.Value.Id, ClientAudit.Of(ClientJson.ReadStored(found.Value.Definition), found.Value.DisabledAt is not null));
        await database.Tokens.Where(token => token.Application!.Id == id || token.Authorization!.Application!.Id == id).ExecuteDeleteAsync(cancellation);
        await database.Authorizations.Where(authorization => authorization.Application!.Id == id).ExecuteDeleteAsync(cancellation);
        await database.Consents.Where(consent => consent.ClientId == id).ExecuteDeleteAsync(cancellation);
        await database.Clients.Where(client => client.Id == id).ExecuteDeleteAsync(cancellation);
        database.Entry(found.Value).State = EntityState.Detached;
        audit.Append(AuditEvents.ClientRemoved, editor.Actor, clientId, clientId, change: AuditChange.Of(before, null));
        await RegistryChange.SaveAsync(database, snapshot, cancellation);
        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellation);
        }

        snapshot.Invalidate();
        return null;
    }

    private async Task<Result<ClientRegistration>> SwitchAsync(string clientId, DateTime? disabledAt, Editor editor, string word, CancellationToken cancellation)
    {
        var found = await FindRowAsync(clientId, editor, null, null, cancellation);
        if (!found.Succeeded)
        {
            return found.Problems[0];
        }

        var row = found.Value;
        if (row.DisabledAt is null == disabledAt is null)
        {
            return new ClientRegistration(RegisteredClient.Of(row), null);
        }

        var definition = ClientJson.ReadStored(row.Definition);
        audit.Append(AuditEvents.ClientUpdated, editor.Actor, clientId, clientId, word,
            AuditChange.Of(ClientAudit.Of(definition, row.DisabledAt is not null), ClientAudit.Of(definition, disabledAt is not null)));
        row.DisabledAt = disabledAt;
        await WriteTraitsAsync(row, definition, cancellation);
        return await SaveAsync(row, null, cancellation);
    }

    /// <summary>The row, if there is one, if it is the expected one and if the editor may make <paramref name="after"/> of it.</summary>
    private async Task<Result<Client>> FindRowAsync(string? clientId, Editor editor, ClientDefinition? after, string? expected, CancellationToken cancellation)
    {
        var row = await database.Clients.SingleOrDefaultAsync(client => client.ClientId == clientId, cancellation);
        if (row is null)
        {
            return Unknown(clientId);
        }

        return (ClientGuard.Fault(editor, ClientJson.ReadStored(row.Definition), after) ?? RegistryChange.Fault(row, expected)) is { } fault ? fault : row;
    }

    private async Task<List<Problem>> CheckAsync(ClientDefinition definition, CancellationToken cancellation)
    {
        var problems = ClientRules.Check(definition);
        problems.AddRange(await scopes.UnknownAsync(definition.Scopes(), cancellation));
        return problems;
    }

    private async Task WriteTraitsAsync(Client row, ClientDefinition definition, CancellationToken cancellation)
    {
        var (held, wanted) = (await database.ClientTraits.Where(trait => trait.ClientId == row.Id).ToListAsync(cancellation), ClientColumns.Traits(row, definition));
        database.ClientTraits.RemoveRange(held.Where(trait => !wanted.Any(other => IsSame(trait, other))));
        database.ClientTraits.AddRange(wanted.Where(trait => !held.Any(other => IsSame(trait, other))));

        static bool IsSame(ClientTrait one, ClientTrait other) => one.Kind == other.Kind && one.Value == other.Value;
    }

    /// <summary>Puts the right hash into the row and returns the secret if it had to make one.</summary>
    private async Task<string?> WriteSecretAsync(Client row, ClientDefinition definition, CancellationToken cancellation)
    {
        if (definition.IsPublic())
        {
            row.ClientSecret = null;
            await database.ClientSecrets.Where(more => more.ClientId == row.Id).ForEachAsync(more => database.Remove(more), cancellation);
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

        if (row.ClientSecret is not null || await database.ClientSecrets.AnyAsync(more => more.ClientId == row.Id, cancellation))
        {
            return null;
        }

        var generated = ClientSecrets.Generate();
        row.ClientSecret = ClientSecrets.HashGenerated(generated);
        return generated;
    }

    private async Task<Result<ClientRegistration>> SaveAsync(Client row, string? generated, CancellationToken cancellation) =>
        await RegistryChange.SaveAsync(database, snapshot, row, time.GetUtcNow().UtcDateTime, cancellation) is { } overtaken
            ? overtaken
            : new ClientRegistration(RegisteredClient.Of(row), generated);

    public static Problem Unknown(string? clientId) => new(NotFound, $"there is no client '{clientId}'", "client_id");

    private static Problem Taken(string clientId) => new(Exists, $"'{clientId}' is registered already", "client_id");
}
