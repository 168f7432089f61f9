using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using OidcProvider.Clients;
using OidcProvider.Data;
using OidcProvider.Users;

namespace OidcProvider.Declarations;

/// <summary>
/// The configuration as a file: what the server has, in the words of the bootstrap file and in a fixed order, and how a file differs from it.
/// Secrets are references to environment variables; passwords are left out.
/// </summary>
internal sealed partial class Declaration(AppDbContext database, ScopeRegistry scopes, ClientRegistry clients, UserBatch users, WebhookDeclaration webhooks, ClientSecrets secrets)
{
    private const string Off = "disabled";

    public async Task<JsonObject> ExportAsync(bool withUsers, CancellationToken cancellation)
    {
        var file = new JsonObject
        {
            ["scopes"] = new JsonArray([.. (await scopes.ListAsync(cancellation)).OrderBy(scope => scope.Name, StringComparer.Ordinal).Select(Entry)]),
            ["clients"] = new JsonArray([.. (await ClientsAsync(cancellation)).OrderBy(client => client.ClientId, StringComparer.Ordinal).Select(Entry)]),
        };
        if (withUsers)
        {
            var all = await users.AllAsync(cancellation);
            file["users"] = new JsonArray([.. all.OrderBy(entry => entry.User.Email, StringComparer.Ordinal).Select(entry => Entry(entry.User, entry.Roles))]);
        }

        file["webhooks"] = await webhooks.ExportAsync(cancellation);
        return file;
    }

    /// <summary>What applying the file would do. Fields that it leaves out are no differences for users, and defaults for the rest; but whoever is barred and not called so is a difference.</summary>
    /// <param name="file">What is wanted.</param>
    /// <param name="prune">Whether what the file does not name is removed.</param>
    /// <param name="withSecrets">Whether secrets are compared too: who may not change them must not find out by trying.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Plan> PlanAsync(BootstrapFile file, bool prune, bool withSecrets, CancellationToken cancellation)
    {
        List<PlanStep> steps = [];
        var known = (await scopes.ListAsync(cancellation)).ToDictionary(scope => scope.Name, StringComparer.Ordinal);
        foreach (var scope in file.Scopes)
        {
            Difference.Add(steps, "scope", scope.Name, known.GetValueOrDefault(scope.Name) is { } before ? Lean(Node(before)) : null, Lean(Node(scope)));
        }

        var registered = (await ClientsAsync(cancellation)).ToDictionary(client => client.ClientId, StringComparer.Ordinal);
        await CompareClientsAsync(steps, registered, file, withSecrets, cancellation);
        var held = await users.FindAsync(file.Users.Select(user => user.Email), cancellation);
        foreach (var wanted in file.Users)
        {
            var after = Entry(wanted, wanted.Disabled is true);
            Difference.Add(steps, "user", wanted.Email, held.TryGetValue(wanted.Email, out var found) ? Entry(found.User, found.Roles) : null, after, after.Select(member => member.Key).Union([Off]));
        }

        await webhooks.PlanAsync(steps, file, prune, withSecrets, cancellation);
        if (prune)
        {
            steps.AddRange(registered.Keys.Except(file.Clients.Select(wanted => wanted.ClientId!), StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(id => new PlanStep(PlanStep.Remove, "client", id, [])));
            steps.AddRange(known.Keys.Except(file.Scopes.Select(wanted => wanted.Name), StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => new PlanStep(PlanStep.Remove, "scope", name, [])));
        }

        return Plan.Of(steps);
    }

    // What the server brought itself it makes itself, on every machine.
    private async Task<IReadOnlyList<RegisteredClient>> ClientsAsync(CancellationToken cancellation) =>
        [.. (await clients.ListAsync(null, 0, int.MaxValue, cancellation)).Where(client => !BuiltInClients.Contains(client.ClientId))];

    private async Task CompareClientsAsync(List<PlanStep> steps, Dictionary<string, RegisteredClient> registered, BootstrapFile file, bool withSecrets, CancellationToken cancellation)
    {
        var hashes = withSecrets && file.Clients.Any(client => client.ClientSecret is not null)
            ? await database.Clients.Select(row => new { row.ClientId, row.ClientSecret }).ToDictionaryAsync(row => row.ClientId!, row => row.ClientSecret, StringComparer.Ordinal, cancellation)
            : [];
        foreach (var wanted in file.Clients.Where(client => client.ClientId is not null))
        {
            var known = registered.GetValueOrDefault(wanted.ClientId!);
            Difference.Add(steps, "client", wanted.ClientId!, known is null ? null : Bare(known.Definition, known.Disabled), Bare(wanted, wanted.Disabled is true));
            if (withSecrets && known is not null && wanted.ClientSecret is { } secret && !wanted.IsPublic()
                && (hashes.GetValueOrDefault(wanted.ClientId!) is not { } hash || !await secrets.VerifyAsync(hash, secret, cancellation)))
            {
                steps.Add(Difference.OfSecret("client", wanted.ClientId!, "client_secret"));
            }
        }
    }

    /// <summary>A scope as it stands in the file.</summary>
    public static JsonNode Entry(ScopeDefinition scope) => Lean(Node(scope));

    /// <summary>A client as it stands in the file.</summary>
    public static JsonNode Entry(RegisteredClient registered)
    {
        var client = Bare(registered.Definition, registered.Disabled);
        if (!registered.Definition.IsPublic())
        {
            // Behind client_id, which comes first.
            client.Insert(1, "client_secret", $"${{env:{Variable(registered.ClientId)}}}");
        }

        return client;
    }

    /// <summary>A user as one stands in the file.</summary>
    public static JsonObject Entry(UserDefinition user, bool disabled)
    {
        var claims = (user.Claims ?? []).OrderBy(claim => claim.Key, StringComparer.Ordinal).Select(claim => KeyValuePair.Create(claim.Key, claim.Value?.DeepClone()));
        return Switched(Lean(Node(user with { Password = null, Roles = [.. (user.Roles ?? []).Order(StringComparer.Ordinal)], Claims = new JsonObject(claims) })), disabled);
    }

    private static JsonObject Entry(User user, IReadOnlyList<string> roles) => Entry(UserColumns.Read(user, roles), user.DisabledAt is not null);

    /// <summary>Without what is the default anyway, and without the secret.</summary>
    private static JsonObject Bare(ClientDefinition definition, bool disabled)
    {
        var defaults = Node(new ClientDefinition { GrantTypes = definition.GrantTypes });
        var client = Node(definition with { ClientSecret = null });
        foreach (var (field, value) in client.ToList())
        {
            if (field is not ("client_id" or "grant_types") && JsonNode.DeepEquals(value, defaults[field]))
            {
                client.Remove(field);
            }
        }

        return Switched(client, disabled);
    }

    private static JsonObject Switched(JsonObject entry, bool off)
    {
        if (off)
        {
            entry[Off] = true;
        }

        return entry;
    }

    private static JsonObject Node<T>(T value) => JsonSerializer.SerializeToNode(value, ClientJson.Options)!.AsObject();

    // What is empty says nothing.
    private static JsonObject Lean(JsonObject node)
    {
        foreach (var (field, value) in node.ToList())
        {
            if (value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 })
            {
                node.Remove(field);
            }
        }

        return node;
    }

    private static string Variable(string clientId) => $"OIDC_SECRET_{NotInNames().Replace(clientId.ToUpperInvariant(), "_")}";

    [GeneratedRegex("[^A-Z0-9]+")]
    private static partial Regex NotInNames();
}
