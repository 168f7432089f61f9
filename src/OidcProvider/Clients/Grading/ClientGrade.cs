using System.Text.Json.Nodes;
using OidcProvider.Data;

namespace OidcProvider.Clients.Grading;

/// <summary>How much a finding weighs.</summary>
internal enum Severity
{
    Minor = 5,
    Moderate = 12,
    Serious = 25,
    Critical = 65,
}

/// <summary>
/// One thing that is not as its rule set asks. <see cref="Fix"/> is a merge patch (RFC 7396) that sets it right without breaking what the client
/// is known to do; where a person must decide there is none.
/// </summary>
internal sealed record Finding(string Code, Severity Severity, string Reason, string? Field = null, JsonObject? Fix = null);

/// <summary>A rule set's verdict. Only sets that are made for the client count for its letter; the others show how far it is from them.</summary>
internal sealed record RuleSetGrade(string Name, string Title, bool Applies, string Letter, int Score, IReadOnlyList<Finding> Findings);

/// <summary>How good a client is, A to F: the worst of the rule sets that apply. Pure.</summary>
internal sealed record ClientGrade(string Letter, IReadOnlyList<RuleSetGrade> RuleSets)
{
    public const string Letters = "ABCDEF";

    public static ClientGrade Of(RegisteredClient client, IReadOnlyList<ClientUsage> usage, DateTime now)
    {
        var facts = new UsageFacts(client, usage, now);
        var definition = client.Definition;
        var interactive = definition.HasGrant(ClientMetadata.AuthorizationCode);
        RuleSetGrade[] sets =
        [
            Judge("oauth21", "OAuth 2.1", true, OAuth21Rules.Check(definition, facts)),
            Judge("fapi2", "FAPI 2.0", definition.Profile == ClientMetadata.Fapi2, Fapi2Rules.Check(definition, facts)),
            Judge("browser", "Browser-based app", interactive && definition.IsPublic() && definition.ApplicationType == ClientMetadata.Web, BrowserAppRules.Check(definition, facts)),
            Judge("mcp", "MCP", interactive && definition.IsPublic() && definition.ApplicationType == ClientMetadata.Native, McpRules.Check(definition, facts)),
        ];
        return new ClientGrade(sets.Where(set => set.Applies).Max(set => set.Letter)!, sets);
    }

    /// <summary>The findings that count, each once.</summary>
    public IEnumerable<Finding> Findings() => RuleSets.Where(set => set.Applies).SelectMany(set => set.Findings).DistinctBy(finding => (finding.Code, finding.Field));

    /// <summary>Whether the client is at least as good as the letter.</summary>
    public bool IsAtLeast(char letter) => Letter[0] <= char.ToUpperInvariant(letter);

    private static RuleSetGrade Judge(string name, string title, bool applies, IEnumerable<Finding> found)
    {
        List<Finding> findings = [.. found.OrderByDescending(finding => finding.Severity)];
        var score = Math.Max(0, 100 - findings.Sum(finding => (int)finding.Severity));
        var letter = score switch { >= 90 => "A", >= 80 => "B", >= 65 => "C", >= 50 => "D", >= 40 => "E", _ => "F" };
        return new RuleSetGrade(name, title, applies, letter, score, findings);
    }
}
