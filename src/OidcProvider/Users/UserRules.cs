using System.Globalization;
using System.Text.RegularExpressions;
using OidcProvider.Hosting;

namespace OidcProvider.Users;

/// <summary>What a user may be. Pure: every fault at once, each with the path of its field.</summary>
internal static partial class UserRules
{
    public const string InvalidUser = "invalid_user", InvalidPassword = "invalid_password";

    /// <summary>Longer ones are refused before they are hashed: the hash must not become the attacker's tool.</summary>
    public const int MaxPasswordLength = 256;

    // Claims with a field of their own here, or that say who the user is to the protocol.
    private static readonly string[] Reserved =
    [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "azp", "client_id", "scope", "sid", "auth_time", "amr", "acr", "at_hash",
        "c_hash", "s_hash", "cnf", "act", "may_act", "authorization_details", "events", "typ", "token_use", "email", "email_verified",
        "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender",
        "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified", "address", "roles", "role", "updated_at", "password",
    ];

    public static List<Problem> Check(UserDefinition user, int passwordMinimumLength)
    {
        List<Problem> problems = [];
        if (user.Email.Length is 0 or > 256 || !Email().IsMatch(user.Email))
        {
            problems.Add(new(InvalidUser, "must be an e-mail address", "email"));
        }

        if (user.Password is { } password && PasswordFault(password, passwordMinimumLength) is { } fault)
        {
            problems.Add(fault);
        }

        CheckTexts(user, problems);
        CheckFormats(user, problems);
        for (var i = 0; i < (user.Roles?.Count ?? 0); i++)
        {
            if (RoleFault(user.Roles![i]) is { } unfit)
            {
                problems.Add(unfit with { Field = $"roles[{i}]" });
            }
        }

        foreach (var name in (user.Claims ?? []).Select(claim => claim.Key))
        {
            if (name.Length is 0 or > 200 || name.Any(char.IsControl) || Reserved.Contains(name, StringComparer.Ordinal))
            {
                problems.Add(new(InvalidUser, Reserved.Contains(name, StringComparer.Ordinal) ? "has a place of its own or belongs to the protocol" : "must have a name of 1 to 200 characters", $"claims.{name}"));
            }
        }

        return problems;
    }

    public static Problem? RoleFault(string name) => Role().IsMatch(name) ? null : new(InvalidUser, "must have 1 to 200 characters and no spaces or commas", "role");

    /// <summary>NIST SP 800-63B-4 §3.1.1.2: length is what counts; no rules about kinds of characters.</summary>
    public static Problem? PasswordFault(string password, int minimumLength)
    {
        var length = new StringInfo(password).LengthInTextElements;
        return length < minimumLength ? new(InvalidPassword, $"must have at least {minimumLength} characters", "password")
            : password.Length > MaxPasswordLength ? new(InvalidPassword, $"must have at most {MaxPasswordLength} characters", "password")
            : null;
    }

    private static void CheckTexts(UserDefinition user, List<Problem> problems)
    {
        foreach (var (field, text, length) in new[]
        {
            ("name", user.Name, 200), ("given_name", user.GivenName, 200), ("family_name", user.FamilyName, 200), ("middle_name", user.MiddleName, 200),
            ("nickname", user.Nickname, 200), ("preferred_username", user.PreferredUsername, 200), ("gender", user.Gender, 50),
            ("zoneinfo", user.Zoneinfo, 100), ("locale", user.Locale, 50), ("phone_number", user.PhoneNumber, 64),
        })
        {
            if (text is not null && (string.IsNullOrWhiteSpace(text) || text.Length > length || text.Any(char.IsControl)))
            {
                problems.Add(new(InvalidUser, $"must have 1 to {length} characters and no control characters", field));
            }
        }

        foreach (var (field, text) in new[]
        {
            ("formatted", user.Address?.Formatted), ("street_address", user.Address?.StreetAddress), ("locality", user.Address?.Locality),
            ("region", user.Address?.Region), ("postal_code", user.Address?.PostalCode), ("country", user.Address?.Country),
        })
        {
            // §5.1.1: line breaks are allowed in formatted and street_address.
            if (text is not null && (text.Length > 500 || text.Any(c => char.IsControl(c) && c is not ('\n' or '\r'))))
            {
                problems.Add(new(InvalidUser, "must have at most 500 characters", $"address.{field}"));
            }
        }
    }

    private static void CheckFormats(UserDefinition user, List<Problem> problems)
    {
        foreach (var (field, uri) in new[] { ("profile", user.Profile), ("picture", user.Picture), ("website", user.Website) })
        {
            // Relying parties put these into href and src.
            if (uri is not null && (uri.Length > 2000 || uri.Any(c => c is <= ' ' or '\\' or '"') || !Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
                || (parsed.Scheme != Uri.UriSchemeHttps && parsed.Scheme != Uri.UriSchemeHttp)))
            {
                problems.Add(new(InvalidUser, "must be an absolute http or https URL", field));
            }
        }

        if (user.Birthdate is { } birthdate && !IsBirthdate(birthdate))
        {
            problems.Add(new(InvalidUser, "must be YYYY-MM-DD, 0000-MM-DD or YYYY (OpenID Connect Core 1.0 §5.1)", "birthdate"));
        }
    }

    // The year may be left out as 0000, which is a leap year for the purpose of 29 February.
    private static bool IsBirthdate(string text) =>
        text.Length == 4
            ? DateOnly.TryParseExact(text, "yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            : DateOnly.TryParseExact(text.StartsWith("0000-", StringComparison.Ordinal) ? $"2000{text[4..]}" : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    // Deliberately loose: whether mail arrives is the only real test of an address.
    [GeneratedRegex(@"\A[^@\s\p{C}<>""',;]+@[^@\s\p{C}<>""',;.]+(\.[^@\s\p{C}<>""',;.]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Email();

    [GeneratedRegex(@"\A[^\s,\p{C}]{1,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Role();
}
