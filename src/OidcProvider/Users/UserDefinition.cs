using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OidcProvider.Users;

/// <summary>
/// A user as bootstrap file and command line write one: the standard claims of OpenID Connect Core 1.0 §5.1 under
/// their names, roles, and further claims. What is absent is left as it is when an existing user is updated.
/// </summary>
internal record UserDefinition
{
    public string Email { get; init; } = "";

    public bool? EmailVerified { get; init; }

    /// <summary>Only on the way in.</summary>
    public string? Password { get; init; }

    public string? Name { get; init; }

    public string? GivenName { get; init; }

    public string? FamilyName { get; init; }

    public string? MiddleName { get; init; }

    public string? Nickname { get; init; }

    public string? PreferredUsername { get; init; }

    public string? Profile { get; init; }

    public string? Picture { get; init; }

    public string? Website { get; init; }

    public string? Gender { get; init; }

    public string? Birthdate { get; init; }

    public string? Zoneinfo { get; init; }

    public string? Locale { get; init; }

    public string? PhoneNumber { get; init; }

    public bool? PhoneNumberVerified { get; init; }

    public UserAddress? Address { get; init; }

    public IReadOnlyList<string>? Roles { get; init; }

    public JsonObject? Claims { get; init; }

    // A password must not reach a log through a careless interpolation.
    public sealed override string ToString() => Email;
}

/// <summary>OpenID Connect Core 1.0 §5.1.1.</summary>
internal sealed record UserAddress
{
    public string? Formatted { get; init; }

    public string? StreetAddress { get; init; }

    public string? Locality { get; init; }

    public string? Region { get; init; }

    public string? PostalCode { get; init; }

    public string? Country { get; init; }
}

internal static class UserJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    };
}
