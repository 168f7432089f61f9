using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;

namespace OidcProvider.Data;

/// <summary>
/// A person who signs in. Identity owns the credential columns; the rest is what claims are made of
/// (OpenID Connect Core 1.0 §5.1).
/// </summary>
public sealed class User : IdentityUser<Guid>
{
    public string? GivenName { get; set; }

    public string? FamilyName { get; set; }

    public string? DisplayName { get; set; }

    /// <summary>All further claims, standard and custom, as one JSON object under their claim names.</summary>
    public string Claims { get; set; } = "{}";

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    /// <summary>What people call them: the display name, or given and family name, or nothing.</summary>
    public string? FullName => NameOf(DisplayName, GivenName, FamilyName);

    /// <summary>The language and region the user wants (OpenID Connect Core 1.0 §5.1), if known.</summary>
    public string? Locale => LocaleOf(JsonNode.Parse(Claims));

    /// <summary>The <c>locale</c> among claims, if it is a text.</summary>
    public static string? LocaleOf(JsonNode? claims) => claims?["locale"] is JsonValue value && value.TryGetValue<string>(out var locale) ? locale : null;

    /// <summary>Set when an administrator barred the account; a barred user gets nothing from any grant.</summary>
    public DateTime? DisabledAt { get; set; }

    /// <summary><see cref="FullName"/> in upper case, for searching along an index.</summary>
    public string? NormalizedName { get; set; }

    public string? NormalizedFamilyName { get; set; }

    /// <summary>What people call somebody: the whole name, or given and family name, or nothing.</summary>
    public static string? NameOf(string? name, string? given, string? family) => !string.IsNullOrWhiteSpace(name) ? name : $"{given} {family}".Trim() is { Length: > 0 } both ? both : null;
}

/// <summary>A role that users hold and the <c>roles</c> claim lists.</summary>
public sealed class Role : IdentityRole<Guid>;
