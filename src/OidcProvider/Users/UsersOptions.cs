using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OidcProvider.Users;

/// <summary>What accounts and their passwords must be like.</summary>
internal sealed class UsersOptions
{
    public const string Section = "Users";

    [Description("Shortest password that is accepted, in characters."), Range(8, 128)]
    public int PasswordMinimumLength { get; set; } = 15;
}
