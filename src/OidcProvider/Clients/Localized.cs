using System.Text.Json;
using System.Text.RegularExpressions;
using OidcProvider.Branding;
using OidcProvider.Hosting;
using OidcProvider.Languages;

namespace OidcProvider.Clients;

/// <summary>
/// Members of a registration that are said in several languages: <c>client_name#de</c> beside <c>client_name</c> (RFC 7591 §2.2, OpenID Connect
/// Dynamic Client Registration 1.0 §2.1).
/// </summary>
internal static partial class Localized
{
    public static readonly IReadOnlyList<string> OfClients = ["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"], OfScopes = ["display_name", "description"];

    /// <summary>The member in a language: under its very tag, else under a tag that means it, else the one without.</summary>
    public static string? Find(IReadOnlyDictionary<string, JsonElement>? tagged, string member, string? plain, Language language) =>
        Of(tagged, member).Where(entry => Language.Find(entry.Tag) == language).OrderBy(entry => entry.Tag.Equals(language.Tag, StringComparison.OrdinalIgnoreCase) ? 0 : 1).Select(entry => entry.Text).FirstOrDefault() ?? plain;

    /// <summary>All of one member, with their tags.</summary>
    public static IEnumerable<(string Tag, string Text)> Of(IReadOnlyDictionary<string, JsonElement>? tagged, string member) =>
        (tagged ?? new Dictionary<string, JsonElement>()).Where(entry => entry.Key.StartsWith(member + '#', StringComparison.Ordinal) && entry.Value.ValueKind is JsonValueKind.String)
            .Select(entry => (entry.Key[(member.Length + 1)..], entry.Value.GetString()!));

    /// <summary>The members and texts that may be judged as their plain kin; what is wrong with the others goes to <paramref name="problems"/>.</summary>
    public static IEnumerable<(string Name, string Member, string Text)> Check(IReadOnlyDictionary<string, JsonElement>? tagged, IReadOnlyList<string> members, List<Problem> problems)
    {
        foreach (var (name, value) in tagged ?? new Dictionary<string, JsonElement>())
        {
            var parts = name.Split('#', 2);
            if (parts.Length == 1 || !members.Contains(parts[0]))
            {
                problems.Add(new(StrictJson.Code, parts.Length == 1 ? "unknown name" : $"is not said in several languages; {string.Join(", ", members)} are", name));
            }
            else if (!Tag().IsMatch(parts[1]))
            {
                problems.Add(new(StrictJson.Code, "must end in a language tag, such as #de (RFC 7591 §2.2)", name));
            }
            else if (value.ValueKind is not JsonValueKind.String)
            {
                problems.Add(new(StrictJson.Code, "must be a string", name));
            }
            else
            {
                yield return (name, parts[0], value.GetString()!);
            }
        }
    }

    // RFC 5646, in shape: a language and what narrows it.
    [GeneratedRegex("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$")]
    private static partial Regex Tag();
}

/// <summary>A client in the words of a language.</summary>
internal static class ClientWords
{
    public static string NameIn(this ClientDefinition client, Language language) => Localized.Find(client.Tagged, "client_name", client.ClientName, language) ?? client.ClientId!;

    public static string NameIn(this RegisteredClient client, Language language) => client.Definition.NameIn(language);

    /// <summary>Name and links, for people who read that language.</summary>
    public static ClientDefinition In(this ClientDefinition client, Language language) => client with
    {
        ClientName = client.NameIn(language),
        ClientUri = Localized.Find(client.Tagged, "client_uri", client.ClientUri, language),
        LogoUri = Localized.Find(client.Tagged, "logo_uri", client.LogoUri, language),
        PolicyUri = Localized.Find(client.Tagged, "policy_uri", client.PolicyUri, language),
        TosUri = Localized.Find(client.Tagged, "tos_uri", client.TosUri, language),
    };

    public static Palette? Colors(this ClientDefinition client) => client.Branding is { } colors && !Palette.Faults(colors).Any() ? Palette.Of(colors) : null;
}
