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
internal sealed partial class Declaration(AppDbContext database, ScopeRegistry scopes, ClientRegistry clients, UserDirectory users, ClientSecrets secrets)
{
    public async Task<JsonObject> ExportAsync(bool withUsers, CancellationToken cancellation)
    {
        var file = new JsonObject
        {
            ["scopes"] = new JsonArray([.. (await scopes.ListAsync(cancellation)).OrderBy(scope => scope.Name, StringComparer.Ordinal).Select(Entry)]),
            ["clients"] = new JsonArray([.. (await ClientsAsync(cancellation)).OrderBy(client => client.ClientId, StringComparer.Ordinal).Select(client => Entry(client.Definition))]),
        };
        if (withUsers)
        {
            var all = new JsonArray();
            foreach (var user in (await users.ListAsync(null, 0, int.MaxValue, cancellation)).OrderBy(user => user.Email, StringComparer.Ordinal))
            {
                all.Add(User(user, await users.RolesOfAsync(user, cancellation)));
            }

            file["users"] = all;
        }

        return file;
    }

    /// <summary>What applying the file would do. Fields that it leaves out are no differences for users, and defaults for the rest.</summary>
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
            Compare(steps, "scope", scope.Name, known.GetValueOrDefault(scope.Name) is { } before ? Lean(Node(before)) : null, Lean(Node(scope)), all: true);
        }

        var registered = (await ClientsAsync(cancellation)).ToDictionary(client => client.ClientId, StringComparer.Ordinal);
        foreach (var client in file.Clients.Where(client => client.ClientId is not null))
        {
            await CompareClientAsync(steps, registered.GetValueOrDefault(client.ClientId!), client, withSecrets, cancellation);
        }

        foreach (var wanted in file.Users)
        {
            var user = await users.FindByNameAsync(wanted.Email, cancellation);
            var after = JsonSerializer.SerializeToNode(wanted with { Password = null }, UserJson.Options)!.AsObject();
            Compare(steps, "user", wanted.Email, user is null ? null : User(user, await users.RolesOfAsync(user, cancellation)), Lean(after), all: false);
        }

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

    private async Task CompareClientAsync(List<PlanStep> steps, RegisteredClient? known, ClientDefinition wanted, bool withSecrets, CancellationToken cancellation)
    {
        Compare(steps, "client", wanted.ClientId!, known is null ? null : Bare(known.Definition), Bare(wanted), all: true);
        if (!withSecrets || known is null || wanted.ClientSecret is not { } secret || wanted.IsPublic())
        {
            return;
        }

        var hash = await database.Clients.Where(row => row.ClientId == wanted.ClientId).Select(row => row.ClientSecret).SingleOrDefaultAsync(cancellation);
        if (hash is null || !await secrets.VerifyAsync(hash, secret, cancellation))
        {
            steps.Add(new PlanStep(PlanStep.Change, "client", wanted.ClientId!, [new("client_secret", "(hidden)", "(hidden, another)")]));
        }
    }

    private static void Compare(List<PlanStep> steps, string kind, string name, JsonObject? before, JsonObject after, bool all)
    {
        if (before is null)
        {
            steps.Add(new PlanStep(PlanStep.Create, kind, name, [.. after.Where(member => member.Key is not ("name" or "client_id" or "email")).Select(member => new FieldChange(member.Key, null, member.Value?.ToJsonString()))]));
            return;
        }

        var fields = all ? before.Select(member => member.Key).Union(after.Select(member => member.Key)) : after.Select(member => member.Key);
        var changes = fields.Where(field => !Same(before[field], after[field])).Select(field => new FieldChange(field, before[field]?.ToJsonString(), after[field]?.ToJsonString())).ToList();
        if (changes.Count > 0)
        {
            steps.Add(new PlanStep(PlanStep.Change, kind, name, changes));
        }
    }

    // The order of roles means nothing.
    private static bool Same(JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(one, other)
        || (one is JsonArray first && other is JsonArray second && first.Count == second.Count && first.Select(item => item?.ToJsonString()).Order(StringComparer.Ordinal).SequenceEqual(second.Select(item => item?.ToJsonString()).Order(StringComparer.Ordinal)));

    /// <summary>A scope as it stands in the file.</summary>
    public static JsonNode Entry(ScopeDefinition scope) => Lean(Node(scope));

    /// <summary>A client as it stands in the file.</summary>
    public static JsonNode Entry(ClientDefinition definition)
    {
        var client = Bare(definition);
        if (!definition.IsPublic())
        {
            // Behind client_id, which comes first.
            client.Insert(1, "client_secret", $"${{env:{Variable(definition.ClientId!)}}}");
        }

        return client;
    }

    /// <summary>Without what is the default anyway, and without the secret.</summary>
    private static JsonObject Bare(ClientDefinition definition)
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

        return client;
    }

    private static JsonObject User(User user, IReadOnlyList<string> roles)
    {
        var claims = JsonNode.Parse(user.Claims)!.AsObject();
        var shown = new JsonObject { ["email"] = user.Email, ["email_verified"] = user.EmailConfirmed, ["name"] = user.DisplayName, ["given_name"] = user.GivenName, ["family_name"] = user.FamilyName, ["phone_number"] = user.PhoneNumber };
        if (user.PhoneNumber is not null)
        {
            shown["phone_number_verified"] = user.PhoneNumberConfirmed;
        }

        foreach (var field in StandardClaims.Where(claims.ContainsKey))
        {
            shown[field] = claims[field]!.DeepClone();
            claims.Remove(field);
        }

        shown["roles"] = new JsonArray([.. roles.Order(StringComparer.Ordinal).Select(role => (JsonNode)role)]);
        shown["claims"] = new JsonObject(claims.OrderBy(claim => claim.Key, StringComparer.Ordinal).Select(claim => KeyValuePair.Create(claim.Key, claim.Value?.DeepClone())));
        return Lean(shown);
    }

    private static readonly string[] StandardClaims = ["middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "address"];

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
