using System.Text.Json;
using System.Text.Json.Serialization;
using OidcProvider.Clients;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Declarations;

/// <summary>The declared scopes, clients, users and webhooks. Reading it reports every fault by path; nothing in it is guessed.</summary>
internal sealed record BootstrapFile
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public IReadOnlyList<ScopeDefinition> Scopes { get; init; } = [];

    public IReadOnlyList<DeclaredClient> Clients { get; init; } = [];

    public IReadOnlyList<DeclaredUser> Users { get; init; } = [];

    /// <summary>Null: the file does not speak of webhooks, so none is missing in it and none is removed.</summary>
    public IReadOnlyList<DeclaredWebhook>? Webhooks { get; init; }

    /// <summary>A file on this machine, with what its <see cref="SecretReferences"/> stand for.</summary>
    public static Result<BootstrapFile> Read(string path)
    {
        try
        {
            var read = Parse(File.ReadAllText(path), IsYaml(path));
            return read.Succeeded ? SecretReferences.Resolve(read.Value) : read;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Problem("bootstrap_file", $"'{path}' cannot be read ({fault.Message})", "Bootstrap:File");
        }
    }

    public static bool IsYaml(string path) => Path.GetExtension(path).ToUpperInvariant() is ".YAML" or ".YML";

    public static Result<BootstrapFile> Parse(string text, bool yaml)
    {
        try
        {
            return Parse(yaml ? Yaml.Read(text)?.ToJsonString() ?? "{}" : text);
        }
        catch (YamlDotNet.Core.YamlException fault)
        {
            return new Problem(StrictJson.Code, $"is not YAML: line {fault.Start.Line}, column {fault.Start.Column}", "Bootstrap:File");
        }
    }

    public static Result<BootstrapFile> Parse(string json)
    {
        List<Problem> problems = [];
        try
        {
            using var document = JsonDocument.Parse(json, StrictJson.Document);
            var file = StrictJson.Read<BootstrapFile>(document.RootElement, "", ClientJson.Options, problems);
            return file is null ? problems : file;
        }
        catch (JsonException fault)
        {
            return new Problem(StrictJson.Code, $"is not JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}", "Bootstrap:File");
        }
    }

    /// <summary>Everything that is wrong whatever the database holds. Pure.</summary>
    public List<Problem> Check(int passwordMinimumLength)
    {
        List<Problem> problems = [];
        for (var i = 0; i < Scopes.Count; i++)
        {
            problems.AddRange(At($"scopes[{i}]", ScopeRules.Check(Scopes[i])));
            Duplicate(Scopes.Take(i).Any(other => other.Name == Scopes[i].Name), $"scopes[{i}].name", problems);
        }

        for (var i = 0; i < Clients.Count; i++)
        {
            problems.AddRange(At($"clients[{i}]", ClientRules.Check(Clients[i])));
            Duplicate(Clients[i].ClientId is { } id && Clients.Take(i).Any(other => other.ClientId == id), $"clients[{i}].client_id", problems);
            if (Clients[i].ClientId is null)
            {
                problems.Add(new(ClientRules.InvalidMetadata, "is required here, so that the next start finds the client again", $"clients[{i}].client_id"));
            }
        }

        for (var i = 0; i < Users.Count; i++)
        {
            problems.AddRange(At($"users[{i}]", UserRules.Check(Users[i], passwordMinimumLength)));
            Duplicate(Users.Take(i).Any(other => string.Equals(other.Email, Users[i].Email, StringComparison.OrdinalIgnoreCase)), $"users[{i}].email", problems);
        }

        return problems;
    }

    public static IEnumerable<Problem> At(string path, IEnumerable<Problem> problems) =>
        problems.Select(problem => problem with { Field = problem.Field is null ? path : $"{path}.{problem.Field}" });

    private static void Duplicate(bool duplicate, string path, List<Problem> problems)
    {
        if (duplicate)
        {
            problems.Add(new(StrictJson.Code, "is given twice in this file", path));
        }
    }
}
