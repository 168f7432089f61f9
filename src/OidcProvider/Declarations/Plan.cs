using System.Security.Cryptography;
using System.Text.Json;

namespace OidcProvider.Declarations;

/// <summary>One field that differs. Values are JSON; null: not set.</summary>
internal sealed record FieldChange(string Field, string? Before, string? After);

/// <summary>One difference between a file and the server. Secrets never stand in it.</summary>
internal sealed record PlanStep(string Action, string Kind, string Name, IReadOnlyList<FieldChange> Changes)
{
    public const string Create = "create", Change = "change", Remove = "remove";
}

/// <summary>What applying a file would do. The version names it: whoever applies says which plan they have seen.</summary>
internal sealed record Plan(string Version, IReadOnlyList<PlanStep> Steps)
{
    public static Plan Of(IReadOnlyList<PlanStep> steps) => new(Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(steps))[..16]), steps);
}
