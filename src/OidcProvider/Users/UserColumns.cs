using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using OidcProvider.Data;

namespace OidcProvider.Users;

/// <summary>Lays a definition into the columns of the row; what the definition leaves out stays. Pure.</summary>
internal static class UserColumns
{
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
