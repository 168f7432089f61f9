using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using OidcProvider.Hosting;
using OidcProvider.Users;

namespace OidcProvider.Admin.Users;

/// <summary>A profile as the form has it. What the form does not show stays as it is.</summary>
public sealed class UserForm
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [FromForm(Name = "email")]
    public string? Email { get; set; }

    [FromForm(Name = "email_verified")]
    public bool EmailVerified { get; set; }

    [FromForm(Name = "name")]
    public string? Name { get; set; }

    [FromForm(Name = "given_name")]
    public string? GivenName { get; set; }

    [FromForm(Name = "family_name")]
    public string? FamilyName { get; set; }

    [FromForm(Name = "nickname")]
    public string? Nickname { get; set; }

    [FromForm(Name = "preferred_username")]
    public string? PreferredUsername { get; set; }

    [FromForm(Name = "phone_number")]
    public string? PhoneNumber { get; set; }

    [FromForm(Name = "phone_number_verified")]
    public bool PhoneNumberVerified { get; set; }

    [FromForm(Name = "birthdate")]
    public string? Birthdate { get; set; }

    [FromForm(Name = "locale")]
    public string? Locale { get; set; }

    [FromForm(Name = "zoneinfo")]
    public string? Zoneinfo { get; set; }

    [FromForm(Name = "website")]
    public string? Website { get; set; }

    [FromForm(Name = "picture")]
    public string? Picture { get; set; }

    /// <summary>Further claims as a JSON object.</summary>
    [FromForm(Name = "claims")]
    public string? Claims { get; set; }

    internal static UserForm Of(UserDefinition profile) => new()
    {
        Email = profile.Email, EmailVerified = profile.EmailVerified ?? false, Name = profile.Name, GivenName = profile.GivenName, FamilyName = profile.FamilyName, Nickname = profile.Nickname,
        PreferredUsername = profile.PreferredUsername, PhoneNumber = profile.PhoneNumber, PhoneNumberVerified = profile.PhoneNumberVerified ?? false, Birthdate = profile.Birthdate,
        Locale = profile.Locale, Zoneinfo = profile.Zoneinfo, Website = profile.Website, Picture = profile.Picture, Claims = profile.Claims?.ToJsonString(Readable),
    };

    internal Result<UserDefinition> Write(UserDefinition profile)
    {
        JsonObject? claims = null;
        try
        {
            claims = Clean(Claims) is { } text ? JsonNode.Parse(text) as JsonObject ?? throw new JsonException() : null;
            // Doubled names are found only when somebody looks.
            _ = claims?.Count;
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            return new Problem(UserRules.InvalidUser, "must be a JSON object, for example {\"department\": \"R&D\"}", "claims");
        }

        return profile with
        {
            Email = Email?.Trim() ?? "", EmailVerified = EmailVerified, Name = Clean(Name), GivenName = Clean(GivenName), FamilyName = Clean(FamilyName), Nickname = Clean(Nickname),
            PreferredUsername = Clean(PreferredUsername), PhoneNumber = Clean(PhoneNumber), PhoneNumberVerified = Clean(PhoneNumber) is null ? null : PhoneNumberVerified, Birthdate = Clean(Birthdate),
            Locale = Clean(Locale), Zoneinfo = Clean(Zoneinfo), Website = Clean(Website), Picture = Clean(Picture), Claims = claims,
        };
    }

    private static string? Clean(string? text) => text?.Trim() is { Length: > 0 } clean ? clean : null;
}
