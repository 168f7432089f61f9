using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using OidcProvider.Data;

namespace OidcProvider.Users;

/// <summary>Lays a definition into the columns of the row; what the definition leaves out stays. Pure.</summary>
internal static class UserColumns
{
    /// <summary>The names that have a place of their own in a definition.</summary>
    private static readonly string[] Standard = ["middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "address"];

    /// <summary>Full and family name as they are searched for. Bringing letters into one form may make a text longer.</summary>
    public static (string? Name, string? FamilyName) Searchable(User user, ILookupNormalizer normalizer)
    {
        string? Fit(string? name, int length) => normalizer.NormalizeName(name) is { } text ? text.Length <= length ? text : text[..length] : null;
        return (Fit(user.FullName, 410), Fit(user.FamilyName, 200));
    }

    /// <summary>The row as a definition, without the password.</summary>
    public static UserDefinition Read(User user, IReadOnlyList<string> roles)
    {
        var claims = JsonNode.Parse(user.Claims)!.AsObject();
        var further = claims.Where(pair => !Standard.Contains(pair.Key, StringComparer.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value?.DeepClone(), StringComparer.Ordinal);
        string? Text(string name) => claims[name]?.GetValue<string>();
        return new UserDefinition
        {
            Email = user.Email ?? "", EmailVerified = user.EmailConfirmed, Name = user.DisplayName, GivenName = user.GivenName, FamilyName = user.FamilyName,
            MiddleName = Text("middle_name"), Nickname = Text("nickname"), PreferredUsername = Text("preferred_username"), Profile = Text("profile"), Picture = Text("picture"),
            Website = Text("website"), Gender = Text("gender"), Birthdate = Text("birthdate"), Zoneinfo = Text("zoneinfo"), Locale = Text("locale"),
            PhoneNumber = user.PhoneNumber, PhoneNumberVerified = user.PhoneNumber is null ? null : user.PhoneNumberConfirmed,
            Address = claims["address"]?.Deserialize<UserAddress>(UserJson.Options), Roles = roles, Claims = further.Count == 0 ? null : new JsonObject(further),
        };
    }

    /// <summary>Makes the row exactly what the definition says; what it leaves out is gone. The password is another matter.</summary>
    public static void Replace(User user, UserDefinition definition, ILookupNormalizer normalizer)
    {
        var nameWasAddress = user.NormalizedUserName == user.NormalizedEmail;
        user.Email = definition.Email;
        user.UserName = nameWasAddress ? definition.Email : user.UserName;
        (user.DisplayName, user.GivenName, user.FamilyName, user.PhoneNumber) = (null, null, null, null);
        (user.EmailConfirmed, user.PhoneNumberConfirmed, user.Claims) = (false, false, "{}");
        Write(user, definition, normalizer);
    }

    public static void Write(User user, UserDefinition definition, ILookupNormalizer normalizer)
    {
        user.Email ??= definition.Email;
        user.NormalizedEmail = normalizer.NormalizeEmail(user.Email);
        // Until there are user names, the address is the name; the preferred_username claim is not a login.
        user.UserName ??= user.Email;
        user.NormalizedUserName = normalizer.NormalizeName(user.UserName);
        user.EmailConfirmed = definition.EmailVerified ?? user.EmailConfirmed;
        user.DisplayName = definition.Name ?? user.DisplayName;
        user.GivenName = definition.GivenName ?? user.GivenName;
        user.FamilyName = definition.FamilyName ?? user.FamilyName;
        (user.NormalizedName, user.NormalizedFamilyName) = Searchable(user, normalizer);
        user.PhoneNumber = definition.PhoneNumber ?? user.PhoneNumber;
        user.PhoneNumberConfirmed = definition.PhoneNumberVerified ?? user.PhoneNumberConfirmed;

        var claims = JsonNode.Parse(user.Claims)!.AsObject();
        foreach (var (name, value) in new (string, string?)[]
        {
            ("middle_name", definition.MiddleName), ("nickname", definition.Nickname), ("preferred_username", definition.PreferredUsername),
            ("profile", definition.Profile), ("picture", definition.Picture), ("website", definition.Website), ("gender", definition.Gender),
            ("birthdate", definition.Birthdate), ("zoneinfo", definition.Zoneinfo), ("locale", definition.Locale),
        })
        {
            if (value is not null)
            {
                claims[name] = value;
            }
        }

        if (definition.Address is not null)
        {
            claims["address"] = JsonSerializer.SerializeToNode(definition.Address, UserJson.Options);
        }

        foreach (var (name, value) in definition.Claims ?? [])
        {
            claims[name] = value?.DeepClone();
        }

        user.Claims = claims.ToJsonString();
    }
}
