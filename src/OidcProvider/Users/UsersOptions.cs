using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.Users;

/// <summary>What accounts and their passwords must be like.</summary>
internal sealed class UsersOptions
{
    public const string Section = "Users";

    [Description("Shortest password that is accepted, in characters."), Range(8, 128)]
    public int PasswordMinimumLength { get; set; } = 15;

    // Names of the contract that operators may set already; the pages that obey them come with self-service sign-in.
    [Description("Whether people may make accounts themselves. There is no registration page yet.")]
    public bool AllowRegistration { get; set; }

    [Description("Roles whose holders must use a second factor. There are no second factors yet.")]
    public string[] RequireMfaForRoles { get; set; } = ["admin"];
}
